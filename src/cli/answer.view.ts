import { z } from 'zod';
import {
  answerSchema,
  type ErrorBody,
  type Evidence,
  evidenceSchema,
  handoffSchema,
  hypothesisSchema,
} from '../../agents/contracts/index.js';
import { type Frame, lifecycleOf, readFrame } from './frame.js';
import type { Output } from './output.js';

const valuesSchema = z.looseObject({
  answer: answerSchema.nullish(),
  evidence: z.array(evidenceSchema).default([]),
  hypotheses: z.array(hypothesisSchema).default([]),
  handoff: handoffSchema.nullish(),
});
type Values = Pick<z.infer<typeof valuesSchema>, 'answer' | 'evidence' | 'hypotheses' | 'handoff'>;

const progressSchema = z.object({
  name: z.literal('progress'),
  payload: z.object({ agent: z.string(), text: z.string(), stage: z.string() }),
});
const toolSchema = z.object({
  event: z.string(),
  tool_name: z.string().optional(),
  message: z.string().optional(),
});

export interface AnswerView {
  /** Shows a step of the run as soon as it is known. */
  onFrame(json: string): void;
  result(): { readonly values: Readonly<Record<string, unknown>>; readonly failure: ErrorBody | undefined };
  /** The answer, its sources, what diagnostics found, and what a person would get. */
  print(): void;
}

/** Shows one run on a terminal: a line for each step on stderr, the result on stdout. */
export function createAnswerView(output: Output): AnswerView {
  let values: Readonly<Record<string, unknown>> = {};
  let failure: ErrorBody | undefined;
  const step = (who: string, text: string) => output.note(`${who.padEnd(12)} ${text}`);

  const handlers: Readonly<Record<string, (frame: Frame) => void>> = {
    custom({ params }) {
      const { data } = progressSchema.safeParse(params.data);
      if (data) step(data.payload.agent, data.payload.text);
    },
    tools({ params }) {
      const { data } = toolSchema.safeParse(params.data);
      if (data?.event === 'tool-started') step('', `→ ${data.tool_name}`);
      if (data?.event === 'tool-error') step('', `✗ ${data.message}`);
    },
    values({ params }) {
      values = z.record(z.string(), z.unknown()).safeParse(params.data).data ?? values;
    },
    lifecycle(frame) {
      failure = lifecycleOf(frame)?.detail ?? failure;
    },
  };

  return {
    onFrame(json) {
      const frame = readFrame(json);
      if (frame) handlers[frame.method]?.(frame);
    },
    result: () => ({ values, failure }),
    print() {
      const shown = valuesSchema.safeParse(values).data;
      for (const line of shown ? resultLines(shown) : []) output.print(line);
    },
  };
}

/** The answer, its sources, what diagnostics found, and what a person would get. */
export const resultLines = (values: Values): readonly string[] => [
  ...answerLines(values),
  ...hypothesisLines(values),
  ...handoffLines(values),
];

function answerLines({ answer, evidence }: Values): readonly string[] {
  if (!answer?.text) return [];
  const cited = evidence
    .map((item, index) => ({ item, number: index + 1 }))
    .filter(({ number }) => answer.text.includes(`[${number}]`));
  const sources = cited.map(({ item, number }) => `  [${number}] ${item.title} (${item.source})`);
  return ['', answer.text, ...(sources.length > 0 ? ['', 'Sources', ...sources] : [])];
}

function hypothesisLines({ hypotheses, evidence }: Values): readonly string[] {
  if (hypotheses.length === 0) return [];
  const causes = hypotheses.map(({ cause, probability, supportedBy, refutedBy, decidedBy }) => {
    const reasons = [
      ...quotes(supportedBy, evidence).map((quote) => `        + ${quote}`),
      ...quotes(refutedBy, evidence).map((quote) => `        − ${quote}`),
      ...(decidedBy?.step
        ? [`        decided by the step “${decidedBy.step}” of the runbook “${decidedBy.runbook}”`]
        : []),
    ];
    return [`  ${`${Math.round(probability * 100)} %`.padStart(5)} ${cause}`, ...reasons];
  });
  return ['', 'Possible causes', ...causes.flat()];
}

const quotes = (ids: readonly string[], evidence: readonly Evidence[]): readonly string[] =>
  evidence.filter(({ id }) => ids.includes(id)).map(({ quote }) => quote);

function handoffLines({ handoff }: Values): readonly string[] {
  if (!handoff) return [];
  const lists = {
    Asked: handoff.asked,
    Found: handoff.found.map(({ text }) => text),
    Tried: handoff.tried,
    'Ruled out': handoff.ruledOut,
    'Ask next': handoff.nextQuestions,
  };
  const packet = Object.entries(lists)
    .filter(([, items]) => items.length > 0)
    .flatMap(([title, items]) => [`  ${title}`, ...items.map((item) => `    - ${item}`)]);
  return ['', `For a person: ${handoff.reason}`, ...packet];
}
