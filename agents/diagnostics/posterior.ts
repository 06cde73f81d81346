import type { Observation } from '../contracts/index.js';
import { CAUSES, type CauseName } from './runbooks/causes.js';
import { type Sign, shownBy } from './runbooks/signs.js';
import { WEIGHTS, type Weights } from './weights.js';

/** Share of cases in which each cause is behind the complaint. */
export type Rates = Partial<Readonly<Record<CauseName, number>>>;

/** What is known about one host. */
export interface Case {
  readonly message: string;
  /** Before anything is looked at; null where nothing is known about such complaints. */
  readonly rates: Rates | null;
  readonly observations: readonly Observation[];
  /** How sure the model is of a cause, from 0 to 1. */
  readonly opinionOf: (cause: CauseName) => number;
}

export interface Weighed {
  readonly cause: CauseName;
  readonly probability: number;
  /** Observations in which signs for and against the cause show. */
  readonly supporting: readonly string[];
  readonly refuting: readonly string[];
}

/** Of a cause that the rates do not name. */
const SELDOM = 0.002;
/** Of causes that nobody has thought of, at least. */
const UNKNOWN = 0.15;

const idsOf = (signs: readonly { readonly seen: readonly Observation[] }[]) => [
  ...new Set(signs.flatMap(({ seen }) => seen.map(({ id }) => id))),
];

const sum = (values: readonly number[]) => values.reduce((total, value) => total + value, 0);

/**
 * How probable each cause is, most probable first, by naive Bayes: the logarithm of its rate, plus the weight of each
 * sign that shows. A sign counts once however many tools see it, because they see the same thing. Something else has a
 * rate and no signs; the probabilities and its own sum to 1.
 */
export function weighCauses(
  { message, rates, observations, opinionOf }: Case,
  weights: Weights = WEIGHTS,
): Weighed[] {
  const even = (1 - UNKNOWN) / CAUSES.length;
  const weighed = CAUSES.map(({ name, signs }) => {
    const showing = signs.flatMap((sign: Sign) => {
      const seen = shownBy(sign, observations, message);
      return seen ? [{ weight: weights[sign.strength], seen }] : [];
    });
    const rate = rates === null ? even : (rates[name] ?? SELDOM);
    const opinion = weights.proposed * opinionOf(name);
    return {
      cause: name,
      mass: rate * Math.exp(sum(showing.map(({ weight }) => weight)) + opinion),
      supporting: idsOf(showing.filter(({ weight }) => weight > 0)),
      refuting: idsOf(showing.filter(({ weight }) => weight < 0)),
    };
  });
  const unknown = Math.max(UNKNOWN, 1 - sum(Object.values(rates ?? {})));
  const total = sum(weighed.map(({ mass }) => mass)) + unknown;
  return weighed
    .map(({ mass, ...rest }) => ({ ...rest, probability: mass / total }))
    .sort((one, other) => other.probability - one.probability);
}
