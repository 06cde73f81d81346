import { describe, expect, it } from '@jest/globals';
import { renderMetrics } from './metrics.js';

describe('renderMetrics', () => {
  it('writes a number, and several told apart by labels whose values cannot break out', () => {
    const model = 'a"b\\c\nd';
    const text = renderMetrics([
      { name: 'openFeeds', help: 'Open.', value: 2 },
      { name: 'usedTotal', type: 'counter', help: 'Used.', value: [{ labels: { model }, value: 0.5 }] },
      { name: 'unusedTotal', type: 'counter', help: 'Unused.', value: [] },
    ]);
    expect(text.split('\n')).toEqual([
      '# HELP triagent_open_feeds Open.',
      '# TYPE triagent_open_feeds gauge',
      'triagent_open_feeds 2',
      '# HELP triagent_used_total Used.',
      '# TYPE triagent_used_total counter',
      'triagent_used_total{model="a\\"b\\\\c\\nd"} 0.5',
      '# HELP triagent_unused_total Unused.',
      '# TYPE triagent_unused_total counter',
      '',
    ]);
  });
});
