import type { Choice, Decision, Taxonomy } from '../contracts/index.js';
import type { LabelShare, LearnedLabel } from '../ports.js';
import { type Opinion, pool } from './pool.js';

/** The label by which teams teach what is none of their business. */
const OUT_OF_SCOPE = 'oos';
/**
 * Shares below this are guesses, however few lessons there are: of 375 solved sample tickets 27 were, and 16 of those
 * wrongly sorted.
 */
const GUESS = 0.3;
/** Where the model finds no label that fits, the lessons alone must be more likely right than wrong. */
const LIKELY = 0.5;
const ALTERNATIVES = 4;
/** A model's level of harm and haste is right about as often as not: the odds of its priority are three times the others'. */
const PRIORITY_SAY = 0.06;

const opinionOf = ({ value, score, alternatives }: Choice): Opinion =>
  new Map(
    [...alternatives, ...(value === null ? [] : [{ value, score }])].map((each) => [each.value, each.score]),
  );

/** The first of the ranked labels where it may be told; null where abstaining is better. */
function told(ranked: readonly LabelShare[], least: number): LabelShare | null {
  const [best] = ranked;
  return best && best.label !== OUT_OF_SCOPE && best.share >= least ? best : null;
}

/** A model's choice among labels, with what solved tickets teach about it; `confidence` is the pooled probability. Pure. */
export function withLessons(
  choice: Choice,
  learned: LearnedLabel | undefined,
  isKnown: (label: string) => boolean,
): Choice {
  if (!learned) return choice;
  const opinion = opinionOf(choice);
  const isListed = ({ label }: LabelShare) => label === OUT_OF_SCOPE || isKnown(label);
  const pooled = pool(learned, opinion).filter(isListed);
  const best =
    choice.value === null
      ? told(learned.labels.filter(isListed), Math.max(LIKELY, learned.worthwhile))
      : told(pooled, Math.min(GUESS, learned.worthwhile));
  const shown = ({ label, share }: LabelShare) => ({
    value: label,
    confidence: share,
    score: opinion.get(label) ?? 0,
  });
  return {
    ...(best ? shown(best) : { value: null, confidence: null, score: 0 }),
    alternatives: pooled
      .filter(({ label }) => label !== best?.label && label !== OUT_OF_SCOPE)
      .slice(0, ALTERNATIVES)
      .map(shown),
  };
}

/** The queue of the chosen category, or where none was chosen the likeliest one; how sure it is stands beside it. Pure. */
export function queueWithLessons(
  choice: Choice,
  learned: LearnedLabel | undefined,
  taxonomy: Taxonomy,
): Choice {
  const isKnown = (label: string) => taxonomy.queues.some(({ value }) => value === label);
  const pooled = withLessons(choice, learned, isKnown);
  if (choice.value === null || pooled.value === choice.value) return pooled;
  const ranked = [...(pooled.value === null ? [] : [pooled]), ...pooled.alternatives];
  const own = ranked.find(({ value }) => value === choice.value);
  return {
    value: choice.value,
    confidence: learned ? (own?.confidence ?? 0) : null,
    score: choice.score,
    alternatives: ranked.flatMap(({ value, confidence, score }) =>
      value === null || value === choice.value ? [] : [{ value, confidence, score }],
    ),
  };
}

/** The likeliest priority, with the levels of the team's matrix that give it and differ least from the model's. Pure. */
export function priorityWithLessons(
  given: Decision['priority'],
  learned: LearnedLabel | undefined,
  { priority: matrix, impact, urgency }: Taxonomy,
): Decision['priority'] {
  if (!learned) return given;
  const cells = impact.flatMap(({ level: row }) =>
    urgency.map(({ level: column }) => ({
      impact: row,
      urgency: column,
      value: matrix[row - 1]?.[column - 1] ?? null,
    })),
  );
  const opinion = new Map(given.value === null ? [] : [[given.value, PRIORITY_SAY]]);
  const best = pool(learned, opinion).find(({ label }) => cells.some(({ value }) => value === label));
  if (!best) return given;
  const distance = (cell: { impact: number; urgency: number }) =>
    Math.abs(cell.impact - (given.impact ?? cell.impact)) +
    Math.abs(cell.urgency - (given.urgency ?? cell.urgency));
  const [nearest] = cells
    .filter(({ value }) => value === best.label)
    .sort((a, b) => distance(a) - distance(b));
  return nearest ? { ...nearest, confidence: best.share } : given;
}
