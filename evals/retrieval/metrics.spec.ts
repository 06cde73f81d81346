import { describe, expect, it } from '@jest/globals';
import { averagePrecision, ndcg, recall } from './metrics.js';

const relevant = new Set(['a', 'b']);

describe('Measures of a ranked list', () => {
  it('average precision counts what is missing as 0', () => {
    expect(averagePrecision(['a', 'x', 'b'], relevant)).toBeCloseTo((1 + 2 / 3) / 2);
    expect(averagePrecision(['x', 'a'], relevant)).toBeCloseTo(0.25);
  });

  it('nDCG is 1 for the best order and falls with the rank', () => {
    expect(ndcg(10)(['b', 'a', 'x'], relevant)).toBeCloseTo(1);
    expect(ndcg(10)(['x', 'a'], new Set(['a']))).toBeCloseTo(1 / Math.log2(3));
    expect(ndcg(1)(['x', 'a'], relevant)).toBe(0);
  });

  it('recall looks at the first hits only', () => {
    expect(recall(2)(['a', 'x', 'b'], relevant)).toBe(0.5);
    expect(recall(3)(['a', 'x', 'b'], relevant)).toBe(1);
  });

  it('a query without relevant documents is worth nothing, not NaN', () => {
    for (const metric of [averagePrecision, ndcg(10), recall(5)]) expect(metric(['a'], new Set())).toBe(0);
  });
});
