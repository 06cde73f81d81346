import {
  type Standing,
  standingsOf,
  type Weighed,
  weighStandings,
} from '../../../../../agents/diagnostics/posterior.js';
import type { CauseName } from '../../../../../agents/diagnostics/runbooks/causes.js';
import { RUNBOOKS, type RunbookName } from '../../../../../agents/diagnostics/runbooks/runbooks.js';
import { WEIGHTS, type Weights } from '../../../../../agents/diagnostics/weights.js';
import type { Diagnosed } from './rig.js';

/** What was known at one moment of a case, and what was wrong in truth. */
export interface Moment {
  readonly standings: readonly Standing[];
  readonly cause: CauseName;
  readonly runbook: RunbookName;
  /** All looks are over. */
  readonly isLast: boolean;
  /** How much it counts. */
  readonly share: number;
}

/** A case may be seen before, between and after its looks, so that doubt counts as well as certainty. */
function momentsOf({ simulated, question, observations, proposed }: Diagnosed, weight: number): Moment[] {
  const { cause, runbook } = simulated;
  const looks = observations.filter(({ tool }) => tool !== 'diagnosis');
  const opinions = new Map<string, number>(proposed.map((opinion) => [opinion.cause, opinion.score]));
  return Array.from({ length: looks.length + 1 }, (_, count) => {
    const isLast = count === looks.length;
    return {
      standings: standingsOf({
        message: question,
        rates: RUNBOOKS[runbook].causes,
        observations: looks.slice(0, count),
        // The model speaks when all looks are over.
        opinionOf: (name: CauseName) => (isLast ? (opinions.get(name) ?? 0) : 0),
      }),
      ...{ cause, runbook, isLast, share: weight / (looks.length + 1) },
    };
  });
}

/**
 * The moments of all cases, each cause as frequent as the rates of its runbook say: a simulator has one case of what
 * happens daily and one of what happens once a year.
 */
export function momentsOfAll(played: readonly Diagnosed[]): Moment[] {
  const siblings = ({ simulated: { runbook, cause } }: Diagnosed) =>
    played.filter(({ simulated }) => simulated.runbook === runbook && simulated.cause === cause).length;
  return played.flatMap((one) => {
    const rates: Partial<Record<CauseName, number>> = RUNBOOKS[one.simulated.runbook].causes;
    return momentsOf(one, (rates[one.simulated.cause] ?? 0.01) / siblings(one));
  });
}

const average = (moments: readonly Moment[], loss: (moment: Moment) => number): number => {
  const total = moments.reduce((sum, { share }) => sum + share, 0);
  return moments.reduce((sum, moment) => sum + moment.share * loss(moment), 0) / total;
};

/** Mean negative logarithm of the probability that the truth got. */
export const logLoss = (moments: readonly Moment[], weights: Weights): number =>
  average(moments, ({ standings, cause }) => {
    const truth = weighStandings(standings, weights).find((weighed) => weighed.cause === cause);
    return -Math.log(truth?.probability ?? 0);
  });

const leaderOf = ({ standings }: Moment, weights: Weights): Weighed | undefined =>
  weighStandings(standings, weights)[0];

/** Brier score of the leading cause (Brier 1950): 0 is perfect, 0.25 is what 50 % on everything gets. */
export const brierScore = (moments: readonly Moment[], weights: Weights = WEIGHTS): number =>
  average(moments, (moment) => {
    const leader = leaderOf(moment, weights);
    return ((leader?.probability ?? 0) - Number(leader?.cause === moment.cause)) ** 2;
  });

const BINS = 5;

/** Expected calibration error of the leading cause (Naeini et al. 2015) over five bins of equal width. */
export function calibrationError(moments: readonly Moment[], weights: Weights = WEIGHTS): number {
  const bins = Array.from({ length: BINS }, () => ({ share: 0, claimed: 0, right: 0 }));
  for (const moment of moments) {
    const leader = leaderOf(moment, weights);
    const claimed = leader?.probability ?? 0;
    const bin = bins[Math.min(BINS - 1, Math.floor(claimed * BINS))];
    if (!bin) continue;
    bin.share += moment.share;
    bin.claimed += moment.share * claimed;
    bin.right += moment.share * Number(leader?.cause === moment.cause);
  }
  const total = bins.reduce((sum, { share }) => sum + share, 0);
  return bins.reduce((sum, { claimed, right }) => sum + Math.abs(claimed - right), 0) / total;
}

/** What is fitted; what an opinion is worth is a matter of trust and not of the simulator. */
const FITTED = ['decides', 'supports', 'fits', 'against', 'excludes'] as const;
const STEPS = [1, 0.3, 0.1, 0.03];
const ROUNDS = 12;

/**
 * The weights under which the truth is least surprising, found by walking along one weight after the other. Cases that
 * never contradict a sign would make it infinitely strong, so no weight goes beyond what n cases without an exception
 * allow under Jeffreys' prior: a bet of 2n + 1 to 1.
 */
export function fitWeights(moments: readonly Moment[], start: Weights, cases: number): Weights {
  const limit = Math.log(2 * cases + 1);
  const bounded = (value: number) => Math.max(-limit, Math.min(limit, value));
  let best = start;
  let least = logLoss(moments, best);
  for (const step of STEPS) {
    for (let round = 0; round < ROUNDS; round += 1) {
      const before = least;
      for (const name of FITTED) {
        for (const change of [step, -step]) {
          const candidate = { ...best, [name]: bounded(best[name] + change) };
          const loss = logLoss(moments, candidate);
          if (loss < least) [best, least] = [candidate, loss];
        }
      }
      if (before - least < 1e-6) break;
    }
  }
  return best;
}
