import type { Hypothesis, Observation } from '../contracts/index.js';
import type { DiagnosticsOutput } from './diagnostics.output.js';
import type { Cause, FactRule } from './runbooks/causes.js';

/** A cause that a fact supports counts at least this much, one that no fact speaks to at most {@link GUESS}. */
const SUPPORTED = 0.6;
const GUESS = 0.5;
/** What all causes together may claim; the rest is "something else". */
const CERTAIN = 0.95;
/** A guess below this is not worth a line. */
const NEGLIGIBLE = 0.02;

const holds = ({ tool, fact, is }: FactRule, observation: Observation): boolean =>
  observation.tool === tool &&
  (observation.facts[fact] ?? '').split(', ').some((value) => is.includes(value));

const idsWhere = (rules: readonly FactRule[], observations: readonly Observation[]) =>
  observations.filter((observation) => rules.some((rule) => holds(rule, observation))).map(({ id }) => id);

const distinct = (ids: readonly string[]) => [...new Set(ids)];

const rounded = (probability: number) => Math.round(probability * 1_000) / 1_000;

/**
 * The hypothesis board: the model's scores under the rule of the facts. A fact lifts a cause over every guess, and a
 * cause that a fact refutes and none supports falls to 0 whatever the model says. Names that are not candidates and ids
 * that are not known are dropped. The probabilities sum to at most 0.95; what is left is "something else".
 */
export function buildBoard(
  proposed: DiagnosticsOutput['hypotheses'],
  observations: readonly Observation[],
  causes: readonly Cause[],
  knownIds: ReadonlySet<string>,
): Hypothesis[] {
  const scores = new Map(proposed.map((hypothesis) => [hypothesis.cause.trim().toLowerCase(), hypothesis]));
  const weighed = causes.flatMap((cause): (Hypothesis & { byFact: boolean })[] => {
    const model = scores.get(cause.name.toLowerCase());
    const supporting = idsWhere(cause.supportedBy, observations);
    const refuting = idsWhere(cause.refutedBy, observations);
    const byFact = supporting.length > 0;
    if (!model && !byFact) return [];
    const score = model?.score ?? 0;
    const guess = refuting.length > 0 ? 0 : Math.min(score, GUESS);
    const cited = (ids: readonly string[] = [], not: readonly string[]) =>
      ids.filter((id) => knownIds.has(id) && !not.includes(id));
    return [
      {
        cause: cause.name,
        probability: byFact ? Math.max(score, SUPPORTED) : guess,
        supportedBy: distinct([...supporting, ...cited(model?.supportedBy, refuting)]),
        refutedBy: distinct([...refuting, ...cited(model?.refutedBy, supporting)]),
        byFact,
      },
    ];
  });
  const total = weighed.reduce((sum, { probability }) => sum + probability, 0);
  const scale = total > CERTAIN ? CERTAIN / total : 1;
  return weighed
    .sort((one, other) => Number(other.byFact) - Number(one.byFact) || other.probability - one.probability)
    .map(({ byFact: _, ...hypothesis }) => ({
      ...hypothesis,
      probability: rounded(hypothesis.probability * scale),
    }))
    .filter(({ probability, refutedBy }) => probability >= NEGLIGIBLE || refutedBy.length > 0);
}
