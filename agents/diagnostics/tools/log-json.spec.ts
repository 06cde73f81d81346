import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { logExcerpt } from './log-analyze.tool.js';
import { readJsonLine } from './log-json.js';
import { logSignatures } from './log-signatures.js';

const line = (value: unknown) => JSON.stringify(value);

describe('a line of a logger that writes JSON', () => {
  it.each([
    [
      'pino',
      {
        level: 50,
        time: 1_763_632_862_123,
        pid: 7,
        name: 'shop',
        msg: 'failed',
        err: { type: 'TypeError', message: 'no cart' },
      },
      { time: '2025-11-20T10:01:02.123Z', level: 'error', component: 'shop', message: 'TypeError: no cart' },
    ],
    [
      'bunyan',
      {
        name: 'mail',
        level: 60,
        msg: 'x',
        time: '2026-11-20T10:01:02.123Z',
        v: 0,
        err: { name: 'Error', message: 'lost' },
      },
      { time: '2026-11-20T10:01:02.123Z', level: 'fatal', component: 'mail', message: 'Error: lost' },
    ],
    [
      'winston',
      { level: 'error', message: 'cannot send', timestamp: '2026-11-20 10:01:02' },
      { time: '2026-11-20 10:01:02', level: 'error', component: null, message: 'cannot send' },
    ],
    [
      'zap',
      { level: 'error', ts: 1_763_632_862.5, logger: 'api', msg: 'query', error: 'connection refused' },
      { time: '2025-11-20T10:01:02.500Z', level: 'error', component: 'api', message: 'connection refused' },
    ],
    [
      'Elastic Common Schema',
      { '@timestamp': '2026-11-20T10:01:02Z', 'log.level': 'ERROR', 'log.logger': 'a.B', message: 'no' },
      { time: '2026-11-20T10:01:02Z', level: 'ERROR', component: 'a.B', message: 'no' },
    ],
    [
      'Google Cloud',
      { severity: 'INFO', message: 'started', time: '2026-11-20T10:01:02Z' },
      { time: '2026-11-20T10:01:02Z', level: 'INFO', component: null, message: 'started' },
    ],
    [
      'Serilog',
      {
        '@t': '2026-11-20T10:01:02Z',
        '@l': 'Error',
        '@mt': 'lost {Id}',
        '@x': 'System.Exception: lost\n   at A.B()',
      },
      { time: '2026-11-20T10:01:02Z', level: 'Error', component: null, message: 'System.Exception: lost' },
    ],
    [
      'an object that calls its fields something else beside',
      { level: 30, time: 'now', msg: 'fine', name: { first: 'x' }, err: 5 },
      { time: 'now', level: 'info', component: null, message: 'fine' },
    ],
  ])('is read: %s', (_, value, record) => {
    expect(readJsonLine(line(value))).toEqual(record);
  });

  it.each([
    ...[
      '',
      '{}',
      '[]',
      '{"a":1}',
      '{"msg":"no time, no level"}',
      '{"level":50,"time":1}',
      '{"level":50,"msg":"x"',
    ],
    ...[
      '"text"',
      'null',
      '{"level":50,"time":8640000000000001,"msg":7}',
      `{"level":50,"msg":"${'x'.repeat(200_000)}"}`,
    ],
  ])('is nothing else: %j', (text) => {
    expect(readJsonLine(text)).toBeNull();
  });

  it('is grouped like every other log line', () => {
    const at = 1_763_632_862_123;
    const refused = (id: number) =>
      line({
        level: 50,
        time: at + id,
        name: 'db',
        msg: `job ${id} failed`,
        err: { type: 'Error', message: `connect ECONNREFUSED 10.0.0.${id}:5432`, stack: 'x'.repeat(5_000) },
      });
    const text = [
      refused(1),
      line({ level: 30, time: at, name: 'db', msg: 'no error' }),
      refused(2),
      refused(3),
    ].join('\n');
    expect(logSignatures(text)).toMatchObject({
      lines: 4,
      recognised: 4,
      errors: 3,
      signatures: [
        {
          ...{ type: 'Error', template: 'connect ECONNREFUSED <address>', count: 3, component: 'db' },
          ...{ first: '2025-11-20T10:01:02.124Z', last: '2025-11-20T10:01:02.126Z' },
        },
      ],
    });
    expect(logExcerpt([{ name: 'message', text: `please help\n${text}` }])).toContain('ECONNREFUSED');
    expect(logExcerpt([{ name: 'message', text: 'I send {"msg":"hello"} and nothing comes' }])).toBeNull();
  });

  it('never throws and keeps to one record, whatever JSON it is', () => {
    fc.assert(
      fc.property(fc.oneof(fc.json(), fc.object().map(line), fc.string()), (text) => {
        const record = readJsonLine(text);
        if (record) expect(typeof record.message).toBe('string');
      }),
      { numRuns: 500 },
    );
  });
});
