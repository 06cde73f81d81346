import { describe, expect, it } from '@jest/globals';
import { accuracy, calibrationError, macroF1 } from './measures.js';

const guess = (truth: string, said: readonly string[], confidence = 0.5) => ({
  truth,
  ranked: said,
  confidence,
});
const GUESSES = [
  guess('a', ['a', 'b']),
  guess('a', ['b', 'a']),
  guess('b', ['b', 'a']),
  guess('c', ['a', 'b']),
];

describe('measures of labels', () => {
  it('counts what is right at once and within the first ones', () => {
    expect(accuracy(GUESSES)).toBe(0.5);
    expect(accuracy(GUESSES, 2)).toBe(0.75);
  });

  it('gives each label the same say', () => {
    // a: 2·1/(2+2), b: 2·1/(2+1), c: none.
    expect(macroF1(GUESSES)).toBeCloseTo((0.5 + 2 / 3) / 3, 9);
  });

  it('tells how far confidence is off', () => {
    expect(calibrationError(GUESSES)).toBeCloseTo(0, 9);
    expect(calibrationError([guess('a', ['a'], 0.7), guess('a', ['b'], 0.7)])).toBeCloseTo(0.2, 9);
  });
});
