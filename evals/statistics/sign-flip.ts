import type { Family } from './families.js';
import { randomFrom } from './random.js';

// Looked up once: in a test's sandbox a global costs more than the arithmetic.
const { abs, floor, clz32 } = Math;

/** Up to this many families every assignment of signs is counted; beyond, assignments are drawn. */
const EXACT_FAMILIES = 16;

/** Signs that one random number gives. */
const SIGNS_A_DRAW = 30;

/** Sums that differ by less than this share are the same sum, added in another order. */
const TIE = 1e-9;

/**
 * Two-sided sign-flip (permutation) test that the versions do not differ: under the null the difference of a family is as
 * likely to be negative (Fisher 1935; on scores of 0 and 1 without families it is McNemar's exact test). Exact up to 16
 * families that differ, else the Monte Carlo p of Phipson & Smyth 2010, which is never 0.
 */
export function signFlipTest(families: readonly Family[], draws = 9_999, seed = 1): number {
  const sums = Float64Array.from(families, ({ sum }) => sum).filter((sum) => sum !== 0);
  const observed = abs(sums.reduce((total, sum) => total + sum, 0));
  const bar = observed - TIE * sums.reduce((total, sum) => total + abs(sum), 0);
  if (sums.length <= EXACT_FAMILIES) return exact(sums, bar);
  const random = randomFrom(seed);
  let extreme = 0;
  for (let draw = 0; draw < draws; draw += 1) {
    let total = 0;
    let signs = 0;
    for (let at = 0; at < sums.length; at += 1) {
      if (at % SIGNS_A_DRAW === 0) signs = floor(random() * 2 ** SIGNS_A_DRAW);
      total += signs & 1 ? (sums[at] ?? 0) : -(sums[at] ?? 0);
      signs >>= 1;
    }
    if (abs(total) >= bar) extreme += 1;
  }
  return (extreme + 1) / (draws + 1);
}

/** Counts every assignment in Gray code, so that each costs one addition; the last sign is fixed, as p is two-sided. */
function exact(sums: Float64Array, bar: number): number {
  if (sums.length === 0) return 1;
  const assignments = 2 ** (sums.length - 1);
  const flipped = sums.slice();
  let total = sums.reduce((all, sum) => all + sum, 0);
  let extreme = 1;
  for (let step = 1; step < assignments; step += 1) {
    const at = 31 - clz32(step & -step);
    const sum = flipped[at] ?? 0;
    total -= 2 * sum;
    flipped[at] = -sum;
    if (abs(total) >= bar) extreme += 1;
  }
  return extreme / assignments;
}
