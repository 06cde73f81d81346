import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer, request, type Server } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { loadConfig } from '../../src/config/load-config.js';
import { htmlReport } from './report/html.js';
import { junitXml } from './report/junit.js';
import { type EvalRequest, runEval } from './run-eval.js';
import type { World } from './targets/target.contract.js';

let server: Server;
let address: string;
const asked: { prompt: string; version: string }[] = [];
/** What the model behind the address says. */
let answer = (_: { prompt: string; version: string }) => 'no';

const post: World['post'] = (url, body, headers, signal) => {
  const { promise, resolve, reject } = Promise.withResolvers<{ status: number; body: string }>();
  const sent = request(url, { method: 'POST', headers, signal }, (reply) => {
    let text = '';
    reply.on('data', (piece: Buffer) => (text += piece.toString()));
    reply.on('end', () => resolve({ status: reply.statusCode ?? 0, body: text }));
  });
  sent.on('error', reject);
  sent.end(body);
  return promise;
};

let dir: string;
let suite: string;
let clock = 0;

const write = (cases: readonly object[], settings: object = {}) => {
  const target = {
    kind: 'http',
    url: address,
    body: { prompt: '{{q}}', version: '{{version}}' },
    output: 'said',
    cost: 'usd',
  };
  writeFileSync(join(suite, 'suite.yaml'), JSON.stringify({ target, ...settings }));
  writeFileSync(join(suite, 'cases.jsonl'), cases.map((one) => JSON.stringify(one)).join('\n'));
};
const numbered = (count: number, more: object = {}) =>
  Array.from({ length: count }, (_, at) => ({
    vars: { q: `question ${at}` },
    assert: [{ type: 'equals', value: 'yes' }],
    metadata: { id: `c${at}`, ...more },
  }));

const run = (request: Partial<EvalRequest> = {}, signal = new AbortController().signal) =>
  runEval(
    { suite, repeats: 1, concurrency: 4, failedOnly: false, cache: true, ...request },
    {
      config: loadConfig({ cwd: dir, env: {}, flags: { data: { dir } } }),
      isOwnData: false,
      tenant: 'default',
      world: { now: () => (clock += 7), post },
      signal,
      onProgress: () => undefined,
    },
    async (result) => ({
      ...result,
      html: await htmlReport(result),
      xml: junitXml(result.run, result.names),
    }),
  );

beforeAll(async () => {
  server = createServer((incoming, reply) => {
    let text = '';
    incoming.on('data', (piece: Buffer) => (text += piece.toString()));
    incoming.on('end', () => {
      const question = JSON.parse(text) as { prompt: string; version: string };
      asked.push(question);
      const said = answer(question);
      reply.statusCode = said === 'down' ? 500 : 200;
      reply.end(JSON.stringify({ said, usd: 0.01 }));
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const bound = server.address();
  address = typeof bound === 'object' && bound ? `http://127.0.0.1:${bound.port}/` : '';
});
afterAll(() => void server.close());

beforeEach(() => {
  dir = mkdtempSync(join(tmpdir(), 'triagent-run-eval-'));
  suite = join(dir, 'my-suite');
  mkdirSync(suite);
  asked.length = 0;
});
afterEach(() => rmSync(dir, { recursive: true, force: true }));

describe('a suite', () => {
  it('scores recorded outputs without asking anybody', async () => {
    write([
      { description: 'first', providerOutput: 'yes', assert: [{ type: 'equals', value: 'yes' }] },
      { providerOutput: { a: 1 }, assert: [{ type: 'contains', value: 'zz' }, { type: 'is-json' }] },
    ]);
    const { report, verdict } = await run();
    expect(verdict).toBeNull();
    expect(asked).toHaveLength(0);
    expect(report).toMatchObject({ suite: 'my-suite', cases: 2, repeats: 1 });
    expect(report.results).toEqual([
      { case: 'first', pass: true, score: 1, assertions: [{ type: 'equals', pass: true, score: 1 }] },
      {
        case: '#2',
        pass: false,
        score: 0.5,
        assertions: [
          { type: 'contains', pass: false, score: 0 },
          { type: 'is-json', pass: true, score: 1 },
        ],
      },
    ]);
  });

  it('asks each question once, keeps its cost and latency, and asks anew for another repeat', async () => {
    answer = () => 'yes';
    write(numbered(5));
    const first = await run({ repeats: 2 });
    const again = await run({ repeats: 3 });
    expect(asked).toHaveLength(15);
    expect(first.run.spentUsd).toBeCloseTo(0.1);
    expect(again.run.spentUsd).toBeCloseTo(0.05);
    const latencies = (result: typeof first) =>
      result.run.versions[0]?.map(({ latencyMs }) => latencyMs.slice(0, 2));
    expect(latencies(again)).toEqual(latencies(first));
    await run({ cache: false });
    expect(asked).toHaveLength(20);
  });

  it('finds the better version, and a version equal to itself', async () => {
    answer = ({ version, prompt }) => (version === '2.0.0' || prompt.endsWith('1') ? 'yes' : 'no <b>');
    write(numbered(40));
    const { verdict, html, xml } = await run({ compare: ['bot@1.0.0', 'bot@2.0.0'] });
    expect(verdict).toMatchObject({ verdict: 'better', versions: ['bot@1.0.0', 'bot@2.0.0'], cases: 40 });
    expect(verdict?.cost).toEqual([expect.closeTo(0.4), expect.closeTo(0.4)]);
    expect(html).toContain('no &lt;b&gt;');
    expect(html).not.toContain('<b>&gt;');
    expect(html).toContain('<svg');
    expect(xml.match(/<failure/g)).toHaveLength(36);
    const same = await run({ compare: ['bot@2.0.0', 'bot@2.0.0'] });
    expect(same.verdict?.verdict).toBe('equivalent');
    expect(asked).toHaveLength(80);
  });

  it('puts what got worse first', async () => {
    answer = ({ version, prompt }) => (version === '2' && prompt === 'question 7' ? 'no' : 'yes');
    write(numbered(12));
    const { verdict, html } = await run({ compare: ['bot@1', 'bot@2'] });
    expect(verdict?.regressions).toEqual(['c7']);
    expect(/<summary>.*?c\d+/.exec(html)?.[0]).toContain('c7');
  });

  it('stops at its spend limit with whole cases, and goes on from there', async () => {
    answer = () => 'yes';
    write(numbered(20));
    const cut = await run({ maxUsd: 0.05, concurrency: 1 });
    expect(cut.run).toMatchObject({ isCutShort: true });
    expect(cut.report.cases).toBe(5);
    const whole = await run();
    expect(whole.run.isCutShort).toBe(false);
    expect(asked).toHaveLength(20);
  });

  it('measures what failed again, and only that', async () => {
    answer = ({ prompt }) => (prompt === 'question 3' ? 'no' : 'yes');
    write(numbered(6));
    await run();
    answer = () => 'yes';
    const { report } = await run({ failedOnly: true });
    expect(report.results).toMatchObject([{ case: 'c3', pass: true }]);
    expect(asked).toHaveLength(7);
    await expect(run({ failedOnly: true })).rejects.toMatchObject({ code: 'USAGE' });
  });

  it('counts a failure of the target as nothing, and asks again next time', async () => {
    answer = () => 'down';
    write(numbered(1));
    const { report } = await run();
    expect(report.results).toMatchObject([{ pass: false, score: 0 }]);
    answer = () => 'yes';
    expect((await run()).report.results).toMatchObject([{ pass: true }]);
  });

  it('ends in time when it is interrupted', async () => {
    const stop = new AbortController();
    answer = () => {
      if (asked.length === 3) stop.abort();
      return 'yes';
    };
    write(numbered(10));
    const { run: cut } = await run({ concurrency: 1 }, stop.signal);
    expect(cut).toMatchObject({ isCutShort: true });
    expect(cut.cases.length).toBeLessThan(10);
    expect(asked).toHaveLength(3);
  });

  it.each([
    [
      'an unknown assertion',
      [{ assert: [{ type: 'javascript', value: '1' }] }],
      /line 1: no such assertion: javascript/,
    ],
    ['a file in a value', [{ assert: [{ type: 'equals', value: 'file://x.py' }] }], /file:\/\//],
    ['a line that is no case', [{}, 'x'], /line 2/],
    ['nothing', [], /no case/],
  ])('refuses %s', async (_, cases, detail) => {
    write(cases as readonly object[]);
    await expect(run()).rejects.toMatchObject({ code: 'USAGE', detail: expect.stringMatching(detail) });
  });

  it('says which suite and which version cannot be', async () => {
    write(numbered(1));
    await expect(run({ suite: 'no-such-suite' })).rejects.toMatchObject({ code: 'INPUT_UNREADABLE' });
    await expect(run({ compare: ['bot', 'bot@1'] })).rejects.toMatchObject({ code: 'USAGE' });
  });
});
