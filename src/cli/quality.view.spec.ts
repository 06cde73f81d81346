import { describe, expect, it } from '@jest/globals';
import type { TriageQuality } from '../engine/runtime.contract.js';
import { curveLines, qualityLines } from './quality.view.js';

const CURVE = [
  { confidence: 0.9, coverage: 0.5, risk: 0.02 },
  { confidence: 0.4, coverage: 1, risk: 0.4 },
];
const NONE = { judged: 0, right: null };
const quality: TriageQuality = {
  results: 12,
  corrected: 4,
  accuracy: { category: { judged: 4, right: 0.75 }, queue: NONE, priority: NONE, answer: NONE },
  learned: {
    version: 3,
    tickets: 200,
    trainedAt: '2026-01-01T00:00:00.000Z',
    fields: {
      category: {
        learned: 200,
        labels: 5,
        heldBack: 200,
        accuracy: 0.6,
        calibrationError: 0.031,
        worthwhile: 0.45,
        curve: CURVE,
      },
    },
  },
};

describe('the view of quality', () => {
  it('says what people agreed with and what could be decided alone', () => {
    const text = qualityLines(quality).join('\n');
    expect(text).toContain('category  right in 75 % of 4 judged');
    expect(text).toContain('right in 60.0 % of 200 held back, 5 labels, confidence off by 3.1 %');
    expect(text).toContain('decide 50 % alone at ≤2 % wrong (confidence from 0.90)');
    expect(text).not.toContain('queue');
  });

  it('says so where nothing was learned', () => {
    expect(qualityLines({ ...quality, learned: null }).join('\n')).toContain('nothing was learned yet');
  });

  it('draws low risk below high risk, and the whole width', () => {
    const rows = curveLines(CURVE).slice(0, 10);
    const left = rows.findIndex((row) => row.slice(10).startsWith('●'));
    const right = rows.findIndex((row) => row.length === 70 && row.endsWith('●'));
    expect(left).toBeGreaterThan(right);
    expect(right).toBe(0);
  });
});
