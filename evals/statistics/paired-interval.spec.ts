import { describe, expect, it } from '@jest/globals';
import { pairedInterval } from './paired-interval.js';

/** Deterministic scores: the fractional parts of multiples of an irrational number. */
const scores = (count: number, start: number) =>
  Array.from({ length: count }, (_, index) => ((index + start) * Math.SQRT2) % 1);

describe('paired interval', () => {
  it('holds the difference of the means', () => {
    const a = scores(60, 1);
    const b = scores(60, 500);
    const { means, difference, interval } = pairedInterval(a, b);
    expect(difference).toBeCloseTo(means[0] - means[1], 12);
    expect(interval[0]).toBeLessThan(difference);
    expect(interval[1]).toBeGreaterThan(difference);
  });

  it('excludes 0 for a real gain and holds it for none', () => {
    const a = scores(60, 1);
    const gain = pairedInterval(
      a.map((score, index) => score + (index % 4 === 0 ? 0.5 : 0)),
      a,
    );
    expect(gain.interval[0]).toBeGreaterThan(0);
    const swapped = pairedInterval(
      a.map((score, index) => score + (index % 2 === 0 ? 0.3 : -0.3)),
      a,
    );
    expect(swapped.interval[0]).toBeLessThan(0);
    expect(swapped.interval[1]).toBeGreaterThan(0);
  });

  it('misses the true difference about once in twenty', () => {
    let covered = 0;
    const rounds = 200;
    for (let round = 0; round < rounds; round += 1) {
      const differences = scores(40, 1 + round * 40).map((score) => score - 0.5);
      const { interval } = pairedInterval(
        differences,
        Array.from({ length: 40 }, () => 0),
        400,
        round + 1,
      );
      if (interval[0] <= 0 && interval[1] >= 0) covered += 1;
    }
    expect(covered / rounds).toBeGreaterThan(0.9);
  });

  it('repeats to the digit', () => {
    expect(pairedInterval(scores(30, 1), scores(30, 9))).toEqual(
      pairedInterval(scores(30, 1), scores(30, 9)),
    );
  });
});
