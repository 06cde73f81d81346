import { say } from './dialect.fixture.js';
import { failed, HOST, look, type Row, recovered } from './fault-row.fixture.js';
import { always, GOOD } from './fault-scripts.fixture.js';

/** What a model may write into its output and into the arguments of its calls. */
export const CALL_ROWS: readonly Row[] = [
  {
    name: 'output that is no JSON, then a reply',
    scripts: (d) => [say(d, { text: ['Sure! Here it is.'] }), say(d, GOOD)],
    outcome: recovered,
  },
  {
    name: 'output that does not fit, twice',
    scripts: always((d) => say(d, { output: ['{"claims":"none"}'] })),
    outcome: failed('MODEL_OUTPUT_INVALID', 2),
  },
  {
    name: 'a good call',
    ask: 'tools',
    scripts: always((d) => say(d, { calls: [look(HOST, '3"}')] })),
    outcome: { requests: 1, toolCalls: [{ host: '10.0.0.123' }] },
  },
  {
    name: 'arguments that are no object, then a call',
    ask: 'tools',
    only: 'openai',
    scripts: (d) => [say(d, { calls: [look('[1]')] }), say(d, { calls: [look('{}')] })],
    outcome: { requests: 2, toolCalls: [{}] },
  },
  {
    name: 'arguments that are no JSON, twice',
    ask: 'tools',
    only: 'openai',
    scripts: always((d) => say(d, { calls: [look('{"host":')] })),
    outcome: failed('MODEL_OUTPUT_INVALID', 2),
  },
  {
    name: 'arguments with __proto__',
    ask: 'tools',
    scripts: always((d) => say(d, { calls: [look('{"__proto__":{"polluted":1},"host":"a"}')] })),
    outcome: { requests: 1, toolCalls: [{ host: 'a' }] },
  },
  {
    name: 'a call without a name',
    ask: 'tools',
    only: 'openai',
    scripts: always((d) => say(d, { calls: [{ id: 'c1', args: ['{}'] }] })),
    outcome: failed('MODEL_BAD_RESPONSE', 3),
  },
  {
    name: 'calls without ids, and a name that is not offered',
    ask: 'tools',
    only: 'openai',
    scripts: always((d) =>
      say(d, {
        calls: [
          { name: 'shell', args: ['{}'] },
          { name: 'shell', args: ['{}'] },
        ],
      }),
    ),
    outcome: { requests: 1, toolCalls: [{}, {}] },
  },
  {
    name: 'fifty calls at once',
    ask: 'tools',
    scripts: always((d) =>
      say(d, { calls: Array.from({ length: 50 }, (_, index) => look(`{"host":"h${index}"}`)) }),
    ),
    outcome: { requests: 1, toolCalls: Array.from({ length: 50 }, (_, index) => ({ host: `h${index}` })) },
  },
  {
    name: 'arguments of one megabyte, a thousand deep',
    ask: 'tools',
    scripts: always((d) =>
      say(d, {
        calls: [look(`{"host":"${'x'.repeat(1_000_000)}","deep":${'['.repeat(1_000)}${']'.repeat(1_000)}}`)],
      }),
    ),
    outcome: { requests: 1, toolCalls: ['*'] },
  },
];
