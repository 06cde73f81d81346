import { type Check, thresholdOf } from './check.js';

/** Checks of what an output took. */
export const MEASURE_CHECKS: Readonly<Record<string, Check>> = {
  cost: (input) => ({ holds: input.costUsd <= thresholdOf(input), reason: `cost $${input.costUsd}` }),
  latency: (input) => ({
    holds: input.latencyMs <= thresholdOf(input),
    reason: `took ${input.latencyMs} ms`,
  }),
};
