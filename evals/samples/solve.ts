import { z } from 'zod';
import type {
  Answer,
  Critique,
  Decision,
  Evidence,
  Observation,
  Principal,
} from '../../agents/contracts/index.js';
import type { RunRecord, Runtime } from '../../src/engine/runtime.js';
import type { Outcome } from './outcome.js';
import type { SampleTicket } from './sample-tickets.js';

const EVALUATOR: Principal = { id: 'eval', tenant: 'default', groups: [], role: 'operator' };

export interface Solved extends Outcome {
  readonly record: RunRecord;
}

/** What of a thread's state is judged. */
const judged = z.object({
  decision: z.custom<Decision>().optional(),
  answer: z.custom<Answer>().optional(),
  critique: z.custom<Critique>().optional(),
  evidence: z.array(z.custom<Evidence>()).default([]),
  observations: z.array(z.custom<Observation>()).default([]),
});

/** Brings one sample ticket to its end, without network tools. */
export async function solve(
  runtime: Pick<Runtime, 'runs' | 'threads'>,
  ticket: SampleTicket,
  options: { readonly maxRevisions?: number; readonly models?: Record<string, string> } = {},
): Promise<Solved> {
  const { id, subject, body, locale } = ticket;
  const { runId, threadId } = await runtime.runs.start(
    {
      request: {
        messages: [{ id: `ticket-${id}`, type: 'human', content: `${subject}\n${body}` }],
        ticket: { id, subject, body, locale },
        options: { depth: 'answer', ...options },
      },
    },
    EVALUATOR,
  );
  const record = await runtime.runs.join(runId, EVALUATOR);
  const { values } = await runtime.threads.state(threadId, EVALUATOR);
  const { decision, answer, critique, evidence, observations } = judged.parse(values);
  return {
    ...{ ticket, record, outcome: record.outcome ?? 'none' },
    ...{ decision, answer, critique, evidence, observations },
    rejected: critique?.revisions ?? 0,
  };
}
