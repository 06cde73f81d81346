import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import {
  calibrationError,
  riskCoverage,
  softmax,
  temperatureOf,
  worthwhileConfidence,
} from './calibration.js';

const judged = fc.record({ confidence: fc.double({ min: 0, max: 1, noNaN: true }), right: fc.boolean() });

describe('softmax', () => {
  it('gives shares that sum to 1 and keep the order', () => {
    fc.assert(
      fc.property(
        fc.array(fc.double({ min: -500, max: 500, noNaN: true }), { minLength: 1, maxLength: 20 }),
        fc.double({ min: 0.1, max: 10, noNaN: true }),
        (logits, temperature) => {
          const shares = softmax(logits, temperature);
          expect(shares.reduce((sum, share) => sum + share, 0)).toBeCloseTo(1, 9);
          const best = logits.indexOf(Math.max(...logits));
          expect(shares[best]).toBe(Math.max(...shares));
        },
      ),
    );
  });
});

describe('temperature', () => {
  it('finds how much too sure the logits are', () => {
    // Logits of 4 say 98 %, but three of four are right: the temperature makes them say 75 %.
    const held = [0, 0, 0, 1].map((target) => ({ logits: [4, 0], target }));
    expect(softmax([4, 0], temperatureOf(held))[0]).toBeCloseTo(0.75, 2);
  });

  it('is 1 where there is nothing to learn from', () => expect(temperatureOf([])).toBe(1));
});

describe('calibration error', () => {
  it('is the gap between what was said and what was so', () => {
    const said = [true, true, true, false].map((right) => ({ confidence: 0.95, right }));
    expect(calibrationError(said)).toBeCloseTo(0.2, 9);
  });
});

describe('the risk–coverage curve', () => {
  const four = [
    { confidence: 0.9, right: true },
    { confidence: 0.8, right: true },
    { confidence: 0.5, right: false },
    { confidence: 0.4, right: true },
    { confidence: 0.2, right: false },
  ];

  it('tells what deciding from each confidence on would cost', () => {
    expect(riskCoverage(four)).toEqual([
      { confidence: 0.9, coverage: 0.2, risk: 0 },
      { confidence: 0.8, coverage: 0.4, risk: 0 },
      { confidence: 0.5, coverage: 0.6, risk: 1 / 3 },
      { confidence: 0.4, coverage: 0.8, risk: 0.25 },
      { confidence: 0.2, coverage: 1, risk: 0.4 },
    ]);
  });

  it('says from where on a guess pays', () => {
    expect(worthwhileConfidence(riskCoverage(four))).toBe(0.8);
    expect(worthwhileConfidence(riskCoverage([{ confidence: 0.9, right: false }]))).toBe(
      Number.POSITIVE_INFINITY,
    );
  });

  it('covers more as confidence falls, all of it at last, and counts what is wrong', () => {
    fc.assert(
      fc.property(fc.array(judged, { minLength: 1, maxLength: 300 }), (all) => {
        const curve = riskCoverage(all);
        const last = curve.at(-1);
        expect(last?.coverage).toBe(1);
        expect(last?.risk).toBeCloseTo(all.filter(({ right }) => !right).length / all.length, 9);
        for (const [at, point] of curve.entries()) {
          const decided = all.filter(({ confidence }) => confidence >= point.confidence);
          expect(point.coverage).toBeCloseTo(decided.length / all.length, 9);
          expect(point.coverage).toBeGreaterThan(curve[at - 1]?.coverage ?? 0);
        }
      }),
    );
  });
});
