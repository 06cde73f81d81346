import { describe, expect, it } from '@jest/globals';
import { progressLine } from './progress-bar.js';

describe('progressLine', () => {
  it.each([
    ['a beginning, without a rate yet', [0, 40, 0], 'ingest ░░░░░░░░░░░░░░░░░░░░░░░░ 0/40'],
    ['the middle', [20, 40, 2], 'ingest ████████████░░░░░░░░░░░░ 20/40 · 10/s · 2 s left'],
    ['a slow one', [1, 40, 2], 'ingest █░░░░░░░░░░░░░░░░░░░░░░░ 1/40 · 0.5/s · 78 s left'],
    ['nothing to do', [0, 0, 1], 'ingest ████████████████████████ 0/0'],
  ] as const)('shows %s', (_, [done, total, seconds], line) => {
    expect(progressLine('ingest', done, total, seconds)).toBe(line);
  });
});
