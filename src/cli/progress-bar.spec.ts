import { describe, expect, it } from '@jest/globals';
import { progressLine } from './progress-bar.js';

describe('progressLine', () => {
  it.each([
    ['a beginning, without a rate yet', [0, 40, 0, 0], 'ingest ░░░░░░░░░░░░░░░░░░░░░░░░ 0/40'],
    ['the middle', [20, 40, 0, 2], 'ingest ████████████░░░░░░░░░░░░ 20/40 · 10/s · 2 s left'],
    ['a slow one', [1, 40, 0, 2], 'ingest █░░░░░░░░░░░░░░░░░░░░░░░ 1/40 · 0.5/s · 78 s left'],
    ['one that is gone on with', [30, 40, 20, 2], 'ingest ██████████████████░░░░░░ 30/40 · 5.0/s · 2 s left'],
    ['one of unknown length', [30, undefined, 0, 2], 'ingest 30 · 15/s'],
    ['nothing to do', [0, 0, 0, 1], 'ingest ████████████████████████ 0/0'],
  ] as const)('shows %s', (_, [done, total, before, seconds], line) => {
    expect(progressLine({ label: 'ingest', done, total, before, seconds })).toBe(line);
  });
});
