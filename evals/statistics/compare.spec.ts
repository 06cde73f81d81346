import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { compareVersions, passesGate } from './compare.js';
import { normalCdf, normalQuantile, studentQuantile } from './distributions.js';
import type { Pair } from './families.js';
import { holm } from './holm.js';
import { randomFrom } from './random.js';
import { signFlipTest } from './sign-flip.js';

const ROUNDS = 2_000;
const QUICK = { draws: 400 };

/** A normal number by Box & Muller. */
const normal = (random: () => number) =>
  Math.sqrt(-2 * Math.log(1 - random())) * Math.cos(2 * Math.PI * random());

type World = (random: () => number) => readonly Pair[];

const pairsOf = (count: number, make: (at: number) => Omit<Pair, 'case'>): readonly Pair[] =>
  Array.from({ length: count }, (_, at) => ({ case: `c${at}`, ...make(at) }));

/** How often each verdict falls, and how often the interval holds the true difference. */
function simulate(world: World, truth: number, seed: number) {
  const random = randomFrom(seed);
  const verdicts = { better: 0, worse: 0, equivalent: 0, underpowered: 0 };
  let covered = 0;
  for (let round = 0; round < ROUNDS; round += 1) {
    const { verdict, metrics } = compareVersions([{ name: 'score', pairs: world(random) }], {
      ...QUICK,
      seed: round + 1,
    });
    verdicts[verdict] += 1;
    const [low, high] = metrics[0]?.interval ?? [0, 0];
    if (low <= truth && high >= truth) covered += 1;
  }
  return { coverage: covered / ROUNDS, wrong: (verdicts.better + verdicts.worse) / ROUNDS, verdicts };
}

const continuous =
  (count: number, gain: number): World =>
  (random) =>
    pairsOf(count, () => {
      const a = normal(random);
      return { a, b: a + gain + normal(random) };
    });

const passes =
  (count: number, before: number, after: number): World =>
  (random) =>
    pairsOf(count, () => ({ a: Number(random() < before), b: Number(random() < after) }));

/** Five re-wordings of each ticket, which share what makes it hard. */
const reworded =
  (families: number): World =>
  (random) => {
    const shared = Array.from({ length: families }, () => normal(random));
    return pairsOf(families * 5, (at) => {
      const family = at % families;
      return { family: `f${family}`, a: 0, b: (shared[family] ?? 0) + 0.3 * normal(random) };
    });
  };

/** Twenty cases that show just the true gain, so that what they ask for can be foretold. */
const fewCases = (gain: number): readonly Pair[] => {
  const pairs = continuous(20, 0)(randomFrom(11));
  const off = pairs.reduce((sum, { a, b }) => sum + b - a, 0) / pairs.length;
  return pairs.map((pair) => ({ ...pair, b: pair.b - off + gain }));
};

describe('distributions', () => {
  it('agree with the tables', () => {
    expect(normalQuantile(0.975)).toBeCloseTo(1.959964, 5);
    expect(normalCdf(1.959964)).toBeCloseTo(0.975, 6);
    for (const [p, degrees, value] of [
      [0.975, 1, 12.7062],
      [0.975, 2, 4.30265],
      [0.975, 4, 2.77645],
      [0.975, 29, 2.04523],
      [0.995, 5, 4.03214],
    ] as const)
      expect(studentQuantile(p, degrees)).toBeCloseTo(value, 3);
  });
});

describe('sign-flip test', () => {
  const families = (...sums: number[]) => sums.map((sum) => ({ sum, cases: 1 }));

  it('is McNemar on passes and failures', () => {
    expect(signFlipTest(families(1, 1, 1, 1, 1, 1, 0, 0))).toBeCloseTo(2 / 64, 12);
    expect(signFlipTest(families(1, 1, 1, 1, 1, -1))).toBeCloseTo(14 / 64, 12);
    expect(signFlipTest(families(0, 0))).toBe(1);
  });

  it('draws about what it would count', () => {
    const sums = Array.from({ length: 16 }, (_, at) => Math.sin(at * 7) + 0.25);
    const drawn = signFlipTest(families(...sums, 1e-300), 60_000);
    expect(drawn).toBeCloseTo(signFlipTest(families(...sums)), 1);
  });
});

describe('Holm', () => {
  it('steps down and never crosses', () => {
    expect(holm([0.01, 0.04, 0.03])).toEqual([0.03, 0.06, 0.06]);
    fc.assert(
      fc.property(fc.array(fc.double({ min: 0, max: 1, noNaN: true }), { minLength: 1 }), (pValues) => {
        const adjusted = holm(pValues);
        for (const [at, p] of adjusted.entries()) expect(p).toBeGreaterThanOrEqual(pValues[at] ?? 0);
        expect(Math.max(...adjusted)).toBeLessThanOrEqual(1);
      }),
    );
  });
});

describe('verdict', () => {
  it('calls the same version better or worse at most about once in twenty', () => {
    expect(simulate(continuous(40, 0), 0, 1).wrong).toBeLessThanOrEqual(0.065);
    expect(simulate(passes(60, 0.7, 0.7), 0, 2).wrong).toBeLessThanOrEqual(0.06);
    expect(simulate(passes(50, 0.97, 0.97), 0, 3).wrong).toBeLessThanOrEqual(0.06);
    expect(simulate(continuous(8, 0), 0, 4).wrong).toBeLessThanOrEqual(0.065);
  });

  it('holds the true difference nineteen times in twenty', () => {
    expect(simulate(continuous(40, 0.3), 0.3, 5).coverage).toBeGreaterThan(0.935);
    expect(simulate(passes(80, 0.5, 0.7), 0.2, 6).coverage).toBeGreaterThan(0.935);
    expect(simulate(reworded(12), 0, 7).coverage).toBeGreaterThan(0.93);
  });

  it('is not fooled by families, which an analysis without them would be', () => {
    const world = reworded(15);
    const naive: World = (random) => world(random).map(({ family: _, ...pair }) => pair);
    expect(simulate(world, 0, 8).wrong).toBeLessThanOrEqual(0.065);
    expect(simulate(naive, 0, 8).wrong).toBeGreaterThan(0.25);
  });

  it('finds the effect that it calls detectable four times in five', () => {
    const random = randomFrom(9);
    const { metrics } = compareVersions([{ name: 'score', pairs: continuous(60, 0)(random) }]);
    const found = simulate(continuous(60, metrics[0]?.minimalDetectableEffect ?? 0), 0, 10);
    expect(found.verdicts.better / ROUNDS).toBeGreaterThan(0.7);
    expect(found.verdicts.better / ROUNDS).toBeLessThan(0.9);
  });

  it('asks for as many further cases as decide it', () => {
    const gain = 0.4;
    const first = compareVersions([{ name: 'score', pairs: fewCases(gain) }]);
    expect(first).toMatchObject({ verdict: 'underpowered', casesNeeded: expect.any(Number) });
    const { casesNeeded = 0 } = first;
    expect(casesNeeded).toBeLessThan(200);
    const { verdicts } = simulate(continuous(20 + casesNeeded, gain), gain, 12);
    expect(verdicts.better / ROUNDS).toBeGreaterThan(0.7);
  });

  const score = (pairs: readonly Pair[], options = {}) =>
    compareVersions([{ name: 'score', pairs }], options);
  const same = (count: number) => pairsOf(count, (at) => ({ a: at % 2, b: at % 2 }));
  const always = (count: number, gain: number) => pairsOf(count, () => ({ a: 0.2, b: 0.2 + gain }));

  it('calls what never differs equivalent, unless there are too few cases to know', () => {
    expect(score(same(30))).toMatchObject({ verdict: 'equivalent' });
    expect(score(same(3))).toMatchObject({ verdict: 'underpowered' });
    expect(score(same(3)).casesNeeded).toBeGreaterThan(0);
  });

  it('calls a constant gain better, unless there are too few cases to know', () => {
    expect(score(always(20, 0.1)).verdict).toBe('better');
    expect(score(always(20, -0.1)).verdict).toBe('worse');
    expect(score(always(2, 0.5)).verdict).toBe('underpowered');
    expect(score(always(20, 0.01)).verdict).toBe('equivalent');
    expect(score(always(20, 0.01), { margin: 0.005 }).verdict).toBe('better');
  });

  it('is mirrored when the versions change places', () => {
    const pairs = continuous(50, 0.8)(randomFrom(13));
    const swapped = pairs.map(({ a, b, ...pair }) => ({ ...pair, a: b, b: a }));
    expect([score(pairs).verdict, score(swapped).verdict]).toEqual(['better', 'worse']);
  });

  it('repeats to the digit', () => {
    const pairs = continuous(25, 0.1)(randomFrom(14));
    expect(score(pairs)).toEqual(score(pairs));
  });

  it('opens the gate for what is not worse, or only for what is better', () => {
    const equal = score(same(30));
    expect([passesGate(equal, 'not-worse'), passesGate(equal, 'better')]).toEqual([true, false]);
    const worse = score(always(20, -0.1));
    expect([passesGate(worse, 'not-worse'), passesGate(worse, 'better')]).toEqual([false, false]);
    const better = score(always(20, 0.1));
    expect([passesGate(better, 'not-worse'), passesGate(better, 'better')]).toEqual([true, true]);
  });

  it('refuses to judge nothing', () => {
    expect(() => compareVersions([])).toThrow(RangeError);
    expect(() => score([])).toThrow(RangeError);
  });
});
