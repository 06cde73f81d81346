import type { Hypothesis, Observation } from '../contracts/index.js';
import type { DiagnosticsOutput } from './diagnostics.output.js';
import { type Rates, type Weighed, weighCauses } from './posterior.js';
import { FAULTS } from './runbooks/causes.js';

/** What a cause may claim that no fact speaks for. */
const GUESS = 0.5;
/** From here on a cause that facts speak for is taken for the answer. */
const DECIDED = 0.6;
/** A guess below this is not worth a line. */
const NEGLIGIBLE = 0.02;
/** Lines that a person reads. */
const MOST = 6;

export interface BoardInput {
  readonly message: string;
  /** What the model makes of the observations. */
  readonly proposed: DiagnosticsOutput['hypotheses'];
  readonly observations: readonly Observation[];
  /** Ids that a proposal may refer to. */
  readonly knownIds: ReadonlySet<string>;
  /** How often each cause is behind such a complaint, by what was looked at; null where nothing is known. */
  readonly ratesOf: (host: string) => Rates | null;
}

export interface Board {
  readonly hypotheses: readonly Hypothesis[];
  /** The observation from which on the leading cause leads; null where none is settled. */
  readonly deciding: Observation | null;
}

/** The host that an observation is about, without a port. */
export const hostOf = ({ target }: Observation): string =>
  /^\[([^\]]+)\]/.exec(target)?.[1] ??
  (target.split(':').length === 2 ? target.replace(/:\d+$/, '') : target);

const isSettled = ({ probability, supporting }: Weighed) => supporting.length > 0 && probability >= DECIDED;

/** The first observation after which `cause` leads, settled, to the end. */
function decidingFor(
  cause: string,
  observations: readonly Observation[],
  leaderOf: (seen: readonly Observation[]) => Weighed | undefined,
): Observation | null {
  let deciding: Observation | null = null;
  for (let count = observations.length; count > 0; count -= 1) {
    const leader = leaderOf(observations.slice(0, count));
    if (!leader || leader.cause !== cause || !isSettled(leader)) break;
    deciding = observations[count - 1] ?? null;
  }
  return deciding;
}

const rounded = (probability: number) => Math.round(probability * 1_000) / 1_000;
const distinct = (ids: readonly string[]) => [...new Set(ids)];

/**
 * The hypothesis board: how probable each cause is by what was seen, with the model's opinion as one voice
 * ({@link weighCauses}). What was seen of different hosts is not mixed: the board is about the host where a fault shows
 * most. Names that are no candidates and ids that are not known are dropped. The probabilities sum to at most 0.95; what
 * is left is "something else".
 */
export function buildBoard({ message, proposed, observations, knownIds, ratesOf }: BoardInput): Board {
  const opinions = new Map(proposed.map((one) => [one.cause.trim().toLowerCase(), one]));
  const opinionOf = (cause: string) => opinions.get(cause.toLowerCase());
  const weigh = (host: string, seen: readonly Observation[]) =>
    weighCauses({
      message,
      rates: ratesOf(host),
      observations: seen,
      opinionOf: (cause) => opinionOf(cause)?.score ?? 0,
    });

  const sites = [...Map.groupBy(observations, hostOf)].map(([host, seen]) => {
    const weighed = weigh(host, seen);
    const shown = weighed.reduce(
      (total, { cause, supporting, probability }) =>
        total + (FAULTS.has(cause) && supporting.length > 0 ? probability : 0),
      0,
    );
    return { host, seen, weighed, shown };
  });
  const site = sites.reduce<(typeof sites)[number] | null>(
    (most, each) => (most && most.shown >= each.shown ? most : each),
    null,
  );
  if (!site) return { hypotheses: [], deciding: null };

  const hypotheses = site.weighed.flatMap(({ cause, probability, supporting, refuting }): Hypothesis[] => {
    const opinion = opinionOf(cause);
    if (!opinion && supporting.length === 0) return [];
    const cited = (ids: readonly string[] = [], not: readonly string[]) =>
      ids.filter((id) => knownIds.has(id) && !not.includes(id));
    const claimed = supporting.length > 0 ? probability : Math.min(probability, GUESS);
    return [
      {
        cause,
        probability: rounded(claimed),
        supportedBy: distinct([...supporting, ...cited(opinion?.supportedBy, refuting)]),
        refutedBy: distinct([...refuting, ...cited(opinion?.refutedBy, supporting)]),
      },
    ];
  });
  const [leader] = site.weighed;
  return {
    hypotheses: hypotheses
      .filter(({ probability, refutedBy }) => probability >= NEGLIGIBLE || refutedBy.length > 0)
      .slice(0, MOST),
    deciding: leader ? decidingFor(leader.cause, site.seen, (seen) => weigh(site.host, seen)[0]) : null,
  };
}
