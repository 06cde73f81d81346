import { describe, expect, it } from '@jest/globals';
import { calibrationError, macroF1, passAll } from './aggregates.js';

const labelled = (wanted: string, given: string | null, confidence: number | null = null) => ({
  wanted,
  given,
  confidence,
});

describe('figures over all cases', () => {
  it('count a rare label as much as a common one', () => {
    const right = Array.from({ length: 8 }, () => labelled('vpn', 'vpn'));
    // vpn: 8 of 9 given are right, none missed: F1 16/17; printer: missed, F1 0.
    expect(macroF1([...right, labelled('printer', 'vpn')])).toBeCloseTo(8 / 17);
    expect(macroF1([labelled('vpn', null)])).toBe(0);
  });

  it('measure how far stated probabilities are from the truth', () => {
    const half = [labelled('a', 'a', 0.5), labelled('a', 'b', 0.5)];
    expect(calibrationError(half)).toBe(0);
    expect(calibrationError([labelled('a', 'b', 1)])).toBe(1);
    expect(calibrationError([...half, labelled('a', 'b', 0.9)])).toBeCloseTo(0.3);
    expect(calibrationError([labelled('a', 'a'), labelled('a', null, 0.9)])).toBeNull();
  });

  it('ask for every repeat', () => {
    expect(passAll([[true, true], [true, false], []])).toBeCloseTo(2 / 3);
  });
});
