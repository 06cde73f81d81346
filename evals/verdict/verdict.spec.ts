import { describe, expect, it } from '@jest/globals';
import { readScorePairs } from './score-pairs.js';
import { judge, verdictTable } from './verdict-report.js';

const lines = (count: number, make: (at: number) => object) =>
  Array.from({ length: count }, (_, at) => JSON.stringify(make(at))).join('\n');

const scores = [
  lines(40, (at) => ({ case: `c${at}`, metric: 'facts', a: 0.4, b: at === 7 || at === 9 ? at / 100 : 0.6 })),
  lines(40, (at) => ({ case: `c${at}`, metric: 'brief', a: 1, b: 1 })),
].join('\n');

describe('scores measured elsewhere', () => {
  it('are judged by their first metric, with the cases that got worse first', () => {
    const report = judge(readScorePairs(scores), { suite: 'mine', versions: ['a', 'b'] });
    expect(report).toMatchObject({ suite: 'mine', cases: 40, repeats: 1, verdict: 'better' });
    expect(report.regressions).toEqual(['c7', 'c9']);
    expect(report.metrics.map(({ name, primary }) => [name, primary])).toEqual([
      ['facts', true],
      ['brief', false],
    ]);
    expect(report.metrics[0]?.means[0]).toBeCloseTo(0.4, 12);
    expect(verdictTable(report)).toMatch(/facts \*.*\n.*brief[\s\S]*verdict {3}B is better/);
  });

  it('average the repeats of a case and keep families together', () => {
    const repeated = lines(6, (at) => ({ case: at % 2, family: 'f', metric: 'm', a: at, b: at + 1 }));
    const pairs = readScorePairs(repeated);
    expect(pairs).toMatchObject({ cases: 2, repeats: 3 });
    expect(pairs.metrics[0]?.pairs).toEqual([
      { case: '0', family: 'f', a: 2, b: 3 },
      { case: '1', family: 'f', a: 3, b: 4 },
    ]);
  });

  it.each([
    ['no JSON', 'so so', /line 1/],
    ['a score that is no number', '{"case":"1","metric":"m","a":"1","b":1}', /line 1: a/],
    ['a score that is not finite', '{"case":"1","metric":"m","a":1e999,"b":1}', /line 1: a/],
    ['no metric', '\n{"case":"1","a":1,"b":1}', /line 2: metric/],
    [
      'two families of one case',
      '{"case":1,"family":"x","metric":"m","a":1,"b":1}\n{"case":1,"metric":"m","a":1,"b":1}',
      /line 2/,
    ],
    ['nothing', '\n', /no line/],
  ])('refuses %s', (_, text, detail) => {
    expect(() => readScorePairs(text)).toThrow(
      expect.objectContaining({ code: 'USAGE', detail: expect.stringMatching(detail) }),
    );
  });
});
