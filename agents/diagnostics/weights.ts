import type { Strength } from './runbooks/signs.js';

/** What signs and opinions are worth: natural logarithms of likelihood ratios. */
export type Weights = Readonly<Record<Strength | 'proposed', number>>;

/**
 * Fitted to the 59 cases of the fault simulator (`fitWeights`): each seen before, between and after the looks of its
 * runbook, and counted as often as the runbook says that it happens. `decides` and `excludes` stand at the limit of what
 * so many cases can show. What an opinion is worth is set by hand: a model that is sure may move the odds by 4 to 1,
 * and no further. `runbooks.spec.ts` fits again and compares.
 */
export const WEIGHTS: Weights = {
  decides: 4.8,
  supports: 2.9,
  fits: 2.5,
  against: -0.6,
  excludes: -4.8,
  proposed: 1.4,
};
