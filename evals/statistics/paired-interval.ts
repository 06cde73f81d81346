import { randomFrom } from './random.js';

/** A paired comparison of two lists of scores on the same cases. */
export interface PairedInterval {
  readonly means: readonly [number, number];
  readonly difference: number;
  /** 95 % percentile bootstrap interval of the mean difference. */
  readonly interval: readonly [number, number];
}

const mean = (values: readonly number[]) => values.reduce((sum, value) => sum + value, 0) / values.length;

/**
 * Paired bootstrap over cases (Efron & Tibshirani 1993, ch. 13): cases are drawn with replacement, the mean difference of
 * each draw is kept, and the 2.5 % and 97.5 % quantiles bound the interval.
 */
export function pairedInterval(
  a: readonly number[],
  b: readonly number[],
  draws = 10_000,
  seed = 1,
): PairedInterval {
  const differences = a.map((value, index) => value - (b[index] ?? 0));
  const random = randomFrom(seed);
  const means = Array.from({ length: draws }, () => {
    let sum = 0;
    for (let drawn = 0; drawn < differences.length; drawn += 1)
      sum += differences[Math.floor(random() * differences.length)] ?? 0;
    return sum / differences.length;
  }).sort((x, y) => x - y);
  const quantile = (share: number) => means[Math.min(draws - 1, Math.floor(share * draws))] ?? 0;
  return {
    means: [mean(a), mean(b)],
    difference: mean(differences),
    interval: [quantile(0.025), quantile(0.975)],
  };
}
