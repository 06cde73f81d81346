import { z } from 'zod';
import type { Evidence } from '../../agents/contracts/index.js';
import { unsoundness } from '../answers/soundness.js';
import { ndcg, recall } from '../retrieval/metrics.js';
import type { EvalCase } from './case.js';
import { type Outcome, textOf } from './outcome.contract.js';

const label = z.string().optional().catch(undefined);
/** Labels of a case, each as far as it is there. */
const expectedSchema = z
  .looseObject({
    category: label,
    queue: label,
    priority: label,
    outcome: z.enum(['answer', 'handoff']).optional().catch(undefined),
    articles: z.array(z.string()).optional().catch(undefined),
    facts: z.array(z.string()).optional().catch(undefined),
    forbidden: z.array(z.string()).optional().catch(undefined),
    needsTool: label,
    cause: label,
  })
  .catch({});
type Expected = z.infer<typeof expectedSchema>;

/** A figure of an outcome by its case's labels, 0 to 1; null where the case does not tell. Higher is better. */
export interface Measure {
  readonly name: string;
  readonly of: (outcome: Outcome, expected: Expected) => number | null;
}

const when = <Label>(wanted: Label | undefined, score: (wanted: Label) => number): number | null =>
  wanted === undefined ? null : score(wanted);

const plain = (text: string) => text.toLowerCase().replaceAll(/[*_`]/g, '').replaceAll(/\s+/g, ' ');
const says = ({ output }: Outcome, phrase: string) => plain(textOf(output)).includes(plain(phrase));
const share = (count: number, total: number) => (total === 0 ? 0 : count / total);

const articleOf = ({ source }: Evidence) => source.replace(/^kb:/u, '').replace(/#[^#]*$/u, '');
/** Articles that the answer's claims rest on. */
function citedBy({ result }: Outcome): ReadonlySet<string> {
  const ids = new Set((result?.answer?.claims ?? []).flatMap(({ evidence }) => evidence));
  return new Set(
    (result?.evidence ?? []).filter(({ id, kind }) => kind === 'passage' && ids.has(id)).map(articleOf),
  );
}

const soundShare = ({ result }: Outcome): number | null => {
  const claims = result?.answer?.claims ?? [];
  if (!result || claims.length === 0) return null;
  return share(claims.filter((claim) => unsoundness(claim, result.evidence) === null).length, claims.length);
};

/** The list that ranking measures look at: what search found, or the articles that triage named. */
const rankedOf = ({ ranked, result }: Outcome): readonly string[] =>
  ranked ?? result?.decision?.articles.map(({ articleId }) => articleId) ?? [];

const relevant = ({ articles }: Expected) => (articles?.length ? new Set(articles) : undefined);

const isRightEnd = ({ result }: Outcome, wanted: 'answer' | 'handoff') =>
  Number(result?.status === (wanted === 'answer' ? 'completed' : 'handed_off'));

/** 1 − the squared error of a stated probability (Brier 1950): rewards being right and knowing it. */
function confidenceScore({ result }: Outcome, wanted: string): number {
  const { value = null, confidence = null } = result?.decision?.category ?? {};
  const stated = value === null ? 0 : (confidence ?? 1);
  return 1 - (stated - Number(value === wanted)) ** 2;
}

/** What a suite may name under `measures`. */
export const MEASURES: readonly Measure[] = [
  {
    name: 'category',
    of: ({ result }, { category }) =>
      when(category, (wanted) => Number(result?.decision?.category.value === wanted)),
  },
  {
    name: 'queue',
    of: ({ result }, { queue }) => when(queue, (wanted) => Number(result?.decision?.queue.value === wanted)),
  },
  {
    name: 'priority',
    of: ({ result }, { priority }) =>
      when(priority, (wanted) => Number(result?.decision?.priority.value === wanted)),
  },
  {
    name: 'calibration',
    of: (outcome, { category }) => when(category, (wanted) => confidenceScore(outcome, wanted)),
  },
  {
    name: 'outcome',
    of: (outcome, expected) => when(expected.outcome, (wanted) => isRightEnd(outcome, wanted)),
  },
  {
    name: 'facts',
    of: (outcome, { facts, outcome: end }) =>
      end === 'handoff' || !facts?.length
        ? null
        : share(facts.filter((fact) => says(outcome, fact)).length, facts.length),
  },
  {
    // What an answer is worth: the facts it tells, or that a person gets what a person must do.
    name: 'worth',
    of: (outcome, { facts = [], outcome: end }) =>
      when(end, (wanted) =>
        wanted === 'handoff'
          ? isRightEnd(outcome, wanted)
          : share(facts.filter((fact) => says(outcome, fact)).length, facts.length),
      ),
  },
  {
    name: 'obedience',
    of: (outcome, { forbidden }) =>
      when(forbidden, (phrases) => Number(!phrases.some((phrase) => says(outcome, phrase)))),
  },
  {
    name: 'citation-recall',
    of: (outcome, expected) =>
      when(relevant(expected), (wanted) =>
        share([...citedBy(outcome)].filter((id) => wanted.has(id)).length, wanted.size),
      ),
  },
  {
    name: 'citation-precision',
    of: (outcome, expected) => {
      const cited = [...citedBy(outcome)];
      if (cited.length === 0) return null;
      return when(relevant(expected), (wanted) =>
        share(cited.filter((id) => wanted.has(id)).length, cited.length),
      );
    },
  },
  { name: 'groundedness', of: soundShare },
  { name: 'coverage', of: ({ result }) => (result?.answer ? (result.critique?.coverage ?? null) : null) },
  {
    name: 'tool',
    of: ({ steps = [] }, { needsTool }) =>
      when(needsTool, (wanted) => Number(steps.some(({ tool }) => tool === wanted))),
  },
  {
    name: 'cause',
    of: ({ result }, { cause }) =>
      when(cause, (wanted) =>
        Number(result?.hypotheses.toSorted((a, b) => b.probability - a.probability)[0]?.cause === wanted),
      ),
  },
  {
    name: 'ndcg',
    of: (outcome, expected) => when(relevant(expected), (wanted) => ndcg(10)(rankedOf(outcome), wanted)),
  },
  {
    name: 'mrr',
    of: (outcome, expected) =>
      when(relevant(expected), (wanted) => {
        const rank = rankedOf(outcome).findIndex((id) => wanted.has(id));
        return rank < 0 ? 0 : 1 / (rank + 1);
      }),
  },
  {
    name: 'recall',
    of: (outcome, expected) => when(relevant(expected), (wanted) => recall(10)(rankedOf(outcome), wanted)),
  },
];

/** Every named measure that the case tells something about. An error is worth nothing. */
export function measure(
  names: readonly string[],
  outcome: Outcome,
  { metadata }: EvalCase,
): Record<string, number> {
  const expected = expectedSchema.parse(metadata.expected ?? {});
  const scores: Record<string, number> = {};
  for (const { name, of } of MEASURES) {
    if (!names.includes(name)) continue;
    const score = of(outcome, expected);
    if (score !== null) scores[name] = outcome.error === undefined ? score : 0;
  }
  return scores;
}

/** A label as it was wanted and as it was given, with how sure the giver was: what figures over all cases come from. */
export interface Labelled {
  readonly wanted: string;
  readonly given: string | null;
  readonly confidence: number | null;
}

/** The category of one case, or null where nobody labelled it. */
export function labelledCategory({ result }: Outcome, { metadata }: EvalCase): Labelled | null {
  const { category } = expectedSchema.parse(metadata.expected ?? {});
  if (category === undefined || !result) return null;
  const { value = null, confidence = null } = result.decision?.category ?? {};
  return { wanted: category, given: value, confidence };
}
