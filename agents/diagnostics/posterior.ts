import type { Observation } from '../contracts/index.js';
import { CAUSES, type CauseName } from './runbooks/causes.js';
import { type Cause, type Strength, shownBy } from './runbooks/signs.js';
import { WEIGHTS, type Weights } from './weights.js';

/** Share of cases in which each cause is behind the complaint. */
export type Rates = Partial<Readonly<Record<CauseName, number>>>;

/** What is known about one host. */
export interface Known {
  readonly message: string;
  /** Before anything is looked at; null where the complaint says nothing: then what was looked at does. */
  readonly rates: Rates | null;
  readonly observations: readonly Observation[];
  /** How sure the model is of a cause, from 0 to 1. */
  readonly opinionOf: (cause: CauseName) => number;
}

/** All that speaks for a cause and against it, before it is put into numbers. */
export interface Standing {
  readonly cause: CauseName;
  readonly rate: number;
  readonly opinion: number;
  readonly showing: readonly { readonly strength: Strength; readonly seen: readonly Observation[] }[];
}

export interface Weighed {
  readonly cause: CauseName;
  readonly probability: number;
  /** Observations in which signs for and against the cause show. */
  readonly supporting: readonly string[];
  readonly refuting: readonly string[];
}

/** Rate of a cause that the rates do not name. */
const SELDOM = 0.002;
/** What all causes together may claim. */
const CERTAIN = 0.95;
/** Rate of what nobody has thought of, at least. */
const UNKNOWN = 0.15;

const sum = (values: readonly number[]) => values.reduce((total, value) => total + value, 0);

const concerns = ({ signs }: Cause, tools: ReadonlySet<string>): boolean =>
  signs.some(({ all }) => all.some((rule) => rule.tools.some((tool) => tools.has(tool))));

/** Causes that the looks could have shown are equally frequent, all others seldom. */
function evenRates(observations: readonly Observation[]): Rates {
  const tools = new Set(observations.map(({ tool }) => tool));
  const candidates = CAUSES.filter((cause) => concerns(cause, tools));
  return Object.fromEntries(candidates.map(({ name }) => [name, (1 - UNKNOWN) / candidates.length]));
}

/** Where each cause stands. A sign counts once however many tools see it, because they see the same thing. */
export function standingsOf({ message, rates, observations, opinionOf }: Known): Standing[] {
  const usual = rates ?? evenRates(observations);
  return CAUSES.map(({ name, signs }) => ({
    cause: name,
    rate: usual[name] ?? SELDOM,
    opinion: opinionOf(name),
    showing: signs.flatMap((sign) => {
      const seen = shownBy(sign, observations, message);
      return seen ? [{ strength: sign.strength, seen }] : [];
    }),
  }));
}

/**
 * How probable each cause is, most probable first, by naive Bayes: the logarithm of its rate, plus the weight of each
 * sign that shows, plus the opinion of the model. Something else has a rate and no signs and keeps 5 % whatever shows.
 */
export function weighStandings(standings: readonly Standing[], weights: Weights = WEIGHTS): Weighed[] {
  const weighed = standings.map(({ cause, rate, opinion, showing }) => {
    const idsOf = (sense: (weight: number) => boolean) => [
      ...new Set(
        showing
          .filter(({ strength }) => sense(weights[strength]))
          .flatMap(({ seen }) => seen.map(({ id }) => id)),
      ),
    ];
    const evidence = sum(showing.map(({ strength }) => weights[strength])) + weights.proposed * opinion;
    return {
      cause,
      mass: rate * Math.exp(evidence),
      supporting: idsOf((weight) => weight > 0),
      refuting: idsOf((weight) => weight < 0),
    };
  });
  const unknown = Math.max(UNKNOWN, 1 - sum(standings.map(({ rate }) => rate)));
  const known = sum(weighed.map(({ mass }) => mass));
  const total = Math.max(known + unknown, known / CERTAIN);
  return weighed
    .map(({ mass, ...rest }) => ({ ...rest, probability: mass / total }))
    .sort((one, other) => other.probability - one.probability);
}

/** How probable each cause is by all that is known. */
export const weighCauses = (known: Known): Weighed[] => weighStandings(standingsOf(known));
