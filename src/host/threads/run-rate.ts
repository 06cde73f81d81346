import { fault, type Principal } from '../../../agents/contracts/index.js';
import type { Wheel } from '../streaming/wheel.js';

/** Runs that one key may start at once, and how many it gets back each second (6,000 a minute). */
const BURST = 2_000;
const PER_SECOND = 100;

/** How fast keys may start runs, over whichever transport. */
export interface RunRate {
  /** Counts one start. @throws `RATE_LIMITED` */
  take(principal: Principal): void;
  /** What is left, as `RateLimit` and `RateLimit-Policy` (draft-ietf-httpapi-ratelimit-headers). */
  headers(principal: Principal): Readonly<Record<string, string>>;
}

/** Without keys there is one person at their own machine, whom only the queue limits. */
export const UNLIMITED: RunRate = { take: () => undefined, headers: () => ({}) };

/** A leaky bucket for each key. The wheel drains them, so only keys that were busy lately cost memory. */
export function createRunRate(wheel: Wheel): RunRate {
  const filled = new Map<string, number>();
  wheel.every(1, () => {
    for (const [id, level] of filled) {
      if (level > PER_SECOND) filled.set(id, level - PER_SECOND);
      else filled.delete(id);
    }
  });

  return {
    take({ id }) {
      const level = filled.get(id) ?? 0;
      if (level >= BURST)
        throw fault('RATE_LIMITED', {
          detail: `A key may start ${BURST} runs at once and ${PER_SECOND} a second after that.`,
          retryAfterSeconds: 1,
        });
      filled.set(id, level + 1);
    },
    headers({ id }) {
      const left = BURST - (filled.get(id) ?? 0);
      return {
        'RateLimit-Policy': `"runs";q=${BURST};w=${BURST / PER_SECOND}`,
        RateLimit: `"runs";r=${left};t=1`,
      };
    },
  };
}
