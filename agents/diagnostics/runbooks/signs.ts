import type { Observation } from '../../contracts/index.js';

/** Holds of an observation of one of these tools whose facts have these values; a fact may list several. */
export interface FactRule {
  readonly tools: readonly string[];
  readonly facts: Readonly<Record<string, readonly string[]>>;
}

/**
 * How a sign speaks to a cause, in words that a person can judge; what each is worth in numbers is measured
 * ({@link ../weights.ts}).
 */
export type Strength = 'decides' | 'supports' | 'fits' | 'against' | 'excludes';

/** What speaks for a cause or against it. */
export interface Sign {
  readonly strength: Strength;
  /** Each of these holds of an observation of its own. */
  readonly all: readonly FactRule[];
  /** The message says so. */
  readonly said?: RegExp;
}

/** A candidate cause: what the model may propose, how it shows, and what it means for the user. */
export interface Cause {
  /** For the model and the reader: how it shows. */
  readonly description: string;
  /** What the user is told once the facts speak for it. */
  readonly tell: string;
  /** That nothing is wrong is a conclusion too, and yet no fault. */
  readonly isFault?: false;
  readonly signs: readonly Sign[];
}

const sign =
  (strength: Strength) =>
  (...all: readonly FactRule[]): Sign => ({ strength, all });

/** Hardly ever seen without this cause. */
export const decides = sign('decides');
/** Much more often seen with this cause than without it. */
export const supports = sign('supports');
/** As one would expect, and yet other causes look the same. */
export const fits = sign('fits');
/** Seldom seen with this cause. */
export const against = sign('against');
/** Hardly ever seen with this cause. */
export const excludes = sign('excludes');
/** The message speaks of it. */
export const reported = (said: RegExp): Sign => ({ strength: 'supports', all: [], said });

const ruleOf =
  (...tools: readonly string[]) =>
  (facts: FactRule['facts']): FactRule => ({ tools, facts });

export const tls = ruleOf('tls.inspect');
export const dns = ruleOf('dns.lookup');
export const http = ruleOf('http.probe');
export const mail = ruleOf('mail.check');
export const log = (...themes: readonly string[]): FactRule => ruleOf('log.analyze')({ themes });
/** How a way to a host ended, whoever went it. */
export const connection = (...is: readonly string[]): FactRule =>
  ruleOf('tcp.connect', 'tls.inspect', 'http.probe')({ connection: is });

export const address = (...status: readonly string[]): FactRule => dns({ type: ['A', 'AAAA'], status });

export const CONNECTED = connection('ok');
/** Somebody answered, so the way there is open; even a refusal is an answer. */
export const ANSWERED = connection(
  'ok',
  'refused',
  'reset',
  'handshake failed',
  'other protocol',
  'no answer',
);
export const SILENT = connection('timeout', 'unreachable');
export const NO_ADDRESS = connection('no address');

/** Whether the rule holds of the observation. */
export const holds = ({ tools, facts }: FactRule, observation: Observation): boolean =>
  tools.includes(observation.tool) &&
  Object.entries(facts).every(([fact, is]) =>
    (observation.facts[fact] ?? '').split(', ').some((value) => is.includes(value)),
  );

/** The observations in which a sign shows; null where it does not. */
export function shownBy(
  { all, said }: Sign,
  observations: readonly Observation[],
  message: string,
): readonly Observation[] | null {
  if (said && !said.test(message)) return null;
  const showing: Observation[] = [];
  for (const rule of all) {
    const found = observations.find((one) => !showing.includes(one) && holds(rule, one));
    if (!found) return null;
    showing.push(found);
  }
  return showing;
}
