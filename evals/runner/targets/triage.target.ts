import { createHash } from 'node:crypto';
import { z } from 'zod';
import {
  AGENT_NAMES,
  fault,
  isFault,
  type Principal,
  type RunOptions,
  type TriageResult,
} from '../../../agents/contracts/index.js';
import type { Runtime, StartTriage } from '../../../src/engine/runtime.js';
import type { EvalCase } from '../case.js';
import type { Outcome } from '../outcome.contract.js';
import type { Target, TargetSettings, Version } from './target.contract.js';

type TriageSettings = Extract<TargetSettings, { kind: 'triage' }>;

const text = z.string().optional();
/** Variables that are a ticket; a single question may have any of the usual names. */
const ticketVars = z.looseObject({
  subject: text,
  body: text,
  message: text,
  question: text,
  query: text,
  input: text,
  locale: text,
  channel: text,
  createdAt: text,
});

function ticketOf({ id, vars }: EvalCase): StartTriage['ticket'] {
  const { subject = '', body, message, question, query, input, ...rest } = ticketVars.parse(vars);
  const { locale, channel, createdAt } = rest;
  return {
    id,
    subject,
    body: body ?? message ?? question ?? query ?? input ?? '',
    ...(locale !== undefined && { locale }),
    ...(channel !== undefined && { channel }),
    ...(createdAt !== undefined && { createdAt }),
  };
}

/** What assertions read: the answer, or of a bare decision its labels. */
const outputOf = ({ answer, decision, handoff }: TriageResult, isDecision: boolean): unknown =>
  isDecision
    ? {
        category: decision?.category.value ?? null,
        queue: decision?.queue.value ?? null,
        priority: decision?.priority.value ?? null,
        needsHuman: decision?.needsHuman ?? true,
      }
    : (answer?.text ?? handoff?.reason ?? '');

export function outcomeOf(result: TriageResult, isDecision: boolean): Outcome {
  return {
    output: outputOf(result, isDecision),
    steps: result.observations.map(({ tool, target }) => ({ tool, args: { target } })),
    costUsd: result.usage.costUsd,
    latencyMs: result.timing.totalMs,
    result,
    ...(result.status === 'failed' && { error: result.error?.detail ?? 'the run failed' }),
  };
}

/** The agents behind the engine's door, each case a ticket. */
export async function triageTarget(
  settings: TriageSettings,
  version: Version,
  runtime: Runtime,
  principal: Principal,
): Promise<Target> {
  const { depth, models, deadlineMs } = settings;
  if (version && !AGENT_NAMES.some((agent) => agent === version.name))
    throw fault('USAGE', {
      detail: `--compare: ${version.name} is no agent; agents are ${AGENT_NAMES.join(', ')}.`,
    });
  const options: RunOptions = {
    depth,
    ...(models && { models }),
    ...(deadlineMs !== undefined && { deadlineMs }),
    ...(version && { prompts: { [version.name]: version.version } }),
  };
  return {
    fingerprint: JSON.stringify([settings, runtime.models, await worldOf(runtime, options, principal)]),
    async run(test, signal) {
      try {
        const started = await runtime.triage.start(
          { ticket: ticketOf(test), options, patience: signal },
          principal,
        );
        const { result } = await runtime.triage.join(started.id, principal, signal);
        if (!result) throw fault('INTERNAL', { detail: 'The run ended without a result.' });
        return outcomeOf(result, depth === 'classify');
      } catch (error) {
        signal.throwIfAborted();
        return { output: '', costUsd: 0, latencyMs: 0, error: isFault(error) ? error.detail : String(error) };
      }
    },
  };
}

/**
 * Prompts, tools and knowledge that outcomes come from, by the manifest of a ticket that the offline model sorts for nothing:
 * what a label points to and what the knowledge base holds may have changed since something was cached.
 */
async function worldOf(runtime: Runtime, { prompts }: RunOptions, principal: Principal): Promise<string> {
  const models = Object.fromEntries(AGENT_NAMES.map((agent) => [agent, 'offline:extractive']));
  const ticket = { id: 'eval-probe', subject: 'Which versions are these?', body: '' };
  const options: RunOptions = { depth: 'classify', models, ...(prompts && { prompts }) };
  const { id } = await runtime.triage.start({ ticket, options }, principal);
  const { result } = await runtime.triage.join(id, principal);
  if (!result || result.status === 'failed')
    throw fault('INTERNAL', { detail: result?.error?.detail ?? 'The engine did not answer.' });
  const { prompts: named, promptHashes, graph, tools, knowledge } = result.manifest;
  return createHash('sha256')
    .update(JSON.stringify([named, promptHashes, graph, tools, knowledge]))
    .digest('hex');
}
