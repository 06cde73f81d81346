import type { Strength } from './runbooks/signs.js';

/** What signs and proposals are worth: natural logarithms of likelihood ratios. */
export type Weights = Readonly<Record<Strength | 'proposed', number>>;

export const WEIGHTS: Weights = {
  decides: 5,
  supports: 2.5,
  fits: 1,
  against: -1.5,
  excludes: -5,
  proposed: 1,
};
