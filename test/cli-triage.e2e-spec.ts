import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { z } from 'zod';
import { triageResultSchema } from '../agents/contracts/index.js';
import { createCliFixture, failureShape, machine } from './cli-fixture.js';

const { folder, triagent, start, serve, file, close } = createCliFixture();
const data = join(folder, 'data');
afterAll(close);

const VPN = {
  id: 'INC-1',
  subject: 'VPN says my certificate has expired',
  body: 'Larkfield Connect shows error 13806 since this morning. What do I have to do?',
};
const lineShape = z.union([
  triageResultSchema.transform(({ ticketId, status }) => ({ id: ticketId, status })),
  z.object({ id: z.string(), error: z.object({ code: z.string() }) }).transform(({ id, error }) => ({
    id,
    code: error.code,
  })),
]);
const resultsOf = (text: string) =>
  text
    .trimEnd()
    .split('\n')
    .map((line) => lineShape.parse(JSON.parse(line)));
const triageIds = (text: string) =>
  text
    .trimEnd()
    .split('\n')
    .map((line) => z.object({ id: z.string() }).parse(JSON.parse(line)).id);

const reportShape = z.object({
  added: z.number(),
  updated: z.number(),
  unchanged: z.number(),
  rejected: z.number(),
  documents: z.array(z.looseObject({ id: z.string(), status: z.string() })),
});

describe('usage', () => {
  it.each(['triage', 'learn'])('%s has help with examples', async (command) => {
    const { code, stdout } = await triagent([command, '--help']);
    expect(code).toBe(0);
    for (const words of ['--data', '--tenant', '--json', '--url', 'Examples:', `$ triagent ${command} `])
      expect(stdout).toContain(words);
  });

  it.each([
    [['triage', 'a.jsonl', '--depth', 'deep']],
    [['triage', 'a.jsonl', '--concurrency', '0']],
    [['triage', 'a.jsonl', '--bogus']],
    [['learn']],
  ])('%j is wrong usage', async (args) => expect((await triagent(args)).code).toBe(2));

  it.each([[['triage', 'absent.json']], [['triage', 'absent.jsonl']], [['learn', 'absent.jsonl']]])(
    '%j could not run',
    async (args) => {
      const ran = await triagent([...args, '--data', data, '--json']);
      expect([ran.code, machine(failureShape, ran).error.code]).toEqual([3, 'INPUT_UNREADABLE']);
    },
  );
});

describe('in this process', () => {
  it('shows one ticket with its decision, answer and sources', async () => {
    const one = file('one.json', JSON.stringify(VPN, null, 2));
    const ran = await triagent(['triage', one, '--data', data]);
    expect(ran.code).toBe(0);
    expect(ran.stdout).toMatch(/^INC-1 · completed\n {2}category +network\/vpn\n {2}queue +network\n/);
    expect(ran.stdout).toMatch(/\[\d+\][\s\S]*\nSources\n {2}\[\d+\] .+ \(kb:vpn-certificate-expired#\d+\)/);
    expect(ran.stderr).toMatch(/thread [\w-]+ · go on with triagent ask/);

    const result = machine(
      triageResultSchema,
      await triagent(['triage', one, '--data', data, '--depth', 'classify', '--json']),
    );
    expect(result).toMatchObject({ ticketId: 'INC-1', status: 'completed', answer: null, critique: null });
  });

  it('refuses one ticket that is none, with the fields', async () => {
    const ran = await triagent(['triage', file('bad.json', '{"subject":"a"}'), '--data', data, '--json']);
    expect(ran.code).toBe(3);
    expect(machine(failureShape, ran).error).toMatchObject({
      code: 'VALIDATION_FAILED',
      detail: expect.stringContaining('/body'),
    });
  });

  const lines = [
    JSON.stringify(VPN),
    'no json',
    '{"id":"INC-3","subject":"a","body":7}',
    '',
    '{"subject":"Toner","body":"The printer on floor 2 is out of toner."}',
    JSON.stringify({
      ...VPN,
      id: 'INC-5',
      team: 'kept among the fields',
      body: `${VPN.body} It worked yesterday.`,
    }),
    '{"id":"INC-6","subject":"a\\u0000","body":"b"}',
    '{"id":"INC-7","subject":"a","body":"b","options":{"models":{"triage":"nobody:nothing"}}}',
  ];
  const expected = [
    { id: 'INC-1', status: 'completed' },
    { id: '#2', code: 'INVALID_JSON' },
    { id: 'INC-3', code: 'VALIDATION_FAILED' },
    { id: expect.stringMatching(/^ticket_[0-9a-f]{32}$/), status: expect.any(String) },
    { id: 'INC-5', status: 'completed' },
    { id: 'INC-6', code: 'VALIDATION_FAILED' },
    { id: 'INC-7', code: expect.any(String) },
  ];

  it('answers a batch line by line in its order, and goes on where it stopped', async () => {
    const batch = file('tickets.jsonl', `${lines.join('\n')}\n`);
    const out = join(folder, 'results.jsonl');
    const args = ['triage', batch, '--data', data, '--out', out, '--concurrency', '3'];
    const first = await triagent(args);
    expect(first.code).toBe(1);
    expect(first.stdout).toBe('');
    expect(first.stderr).toMatch(/7 tickets: .*4 bad/);
    const whole = readFileSync(out, 'utf8');
    expect(resultsOf(whole)).toEqual(expected);

    // As if the command had been killed while it wrote: tickets that were accepted are not triaged again.
    writeFileSync(out, whole.slice(0, whole.indexOf('\n', whole.indexOf('ticket_')) - 20));
    const again = await triagent(args);
    expect(again.code).toBe(1);
    expect(again.stderr).toContain('3 done before');
    expect(triageIds(readFileSync(out, 'utf8'))).toEqual(triageIds(whole));

    file('tickets.jsonl', lines.toReversed().join('\n'));
    const other = await triagent(args);
    expect([other.code, other.stderr]).toEqual([2, expect.stringContaining('is no result of line 1')]);
    expect(triageIds(readFileSync(out, 'utf8'))).toEqual(triageIds(whole));
  });

  it('reads stdin: a ticket a line, or one ticket as it is printed for people', async () => {
    const one = await triagent(['triage', '-', '--data', data, '--json'], {}, JSON.stringify(VPN, null, 2));
    expect(machine(triageResultSchema, one).ticketId).toBe('INC-1');
    const many = await triagent(
      ['triage', '--data', data, '--depth', 'classify'],
      {},
      `${JSON.stringify(VPN)}\nno json`,
    );
    expect(many.code).toBe(1);
    expect(resultsOf(many.stdout)).toEqual(expected.slice(0, 2));
  });

  it('leaves a file that the same command goes on with when it is interrupted', async () => {
    const many = Array.from({ length: 400 }, (_, index) => JSON.stringify({ ...VPN, id: `MANY-${index}` }));
    const batch = file('many.jsonl', many.join('\n'));
    const out = file('many-results.jsonl', '');
    const args = ['triage', batch, '--data', data, '--out', out, '--depth', 'classify', '--concurrency', '2'];
    const running = start(args);
    await until(() => readFileSync(out, 'utf8').includes('\n'));
    running.child.kill('SIGINT');
    const ran = await running.ended;
    expect(ran.code).toBe(3);
    expect(ran.stderr).toContain('the same command goes on from here');
    const part = readFileSync(out, 'utf8');
    expect(part.endsWith('\n')).toBe(true);
    expect(resultsOf(part).length).toBeLessThan(400);

    expect((await triagent(args)).code).toBe(0);
    const whole = readFileSync(out, 'utf8');
    expect(whole.startsWith(part)).toBe(true);
    expect(resultsOf(whole)).toEqual(many.map((_, index) => ({ id: `MANY-${index}`, status: 'completed' })));
    expect(new Set(triageIds(whole)).size).toBe(400);
  });

  it('learns solved tickets once, names the bad lines, and triages by them', async () => {
    const solved = file(
      'solved.jsonl',
      [
        '{"id":"S-1","subject":"Plotter paints stripes","body":"magenta stripes on roll B2","category":"print/plotter","team":"x"}',
        'no json',
        '[]',
        '{"id":"S-2","subject":"Badge is dead","body":"the turnstile stays red","category":"access/badge"}',
        '{"subject":"nameless","body":"b"}',
      ].join('\n'),
    );
    const args = ['learn', solved, '--data', join(folder, 'learned'), '--no-samples', '--json'];
    const first = await triagent(args);
    expect(first.code).toBe(1);
    const report = machine(reportShape, first);
    expect(report).toMatchObject({ added: 2, updated: 0, unchanged: 0, rejected: 3 });
    expect(report.documents.map(({ id, status }) => [id, status])).toEqual([
      ['S-1', 'added'],
      ['#2', 'rejected'],
      ['#3', 'rejected'],
      ['S-2', 'added'],
      ['#5', 'rejected'],
    ]);
    expect(machine(reportShape, await triagent(args))).toMatchObject({ added: 0, unchanged: 2, rejected: 3 });

    const ticket = { id: 'T-1', subject: 'Plotter again', body: 'stripes, magenta, on roll B2' };
    const triaged = await triagent([
      'triage',
      file('plotter.json', JSON.stringify(ticket)),
      '--data',
      join(folder, 'learned'),
      '--no-samples',
      '--depth',
      'classify',
      '--json',
    ]);
    expect(machine(triageResultSchema, triaged).decision?.category.value).toBe('print/plotter');
  });
});

describe('through a host', () => {
  let url: string;
  beforeAll(async () => {
    ({ url } = await serve(join(folder, 'hosted')));
  });

  it('gives what it gives in this process', async () => {
    const one = file('one.json', JSON.stringify(VPN));
    const result = machine(triageResultSchema, await triagent(['triage', one, '--url', url, '--json']));
    expect(result).toMatchObject({ ticketId: 'INC-1', decision: { category: { value: 'network/vpn' } } });

    const batch = file('hosted.jsonl', [JSON.stringify(VPN), 'no json', JSON.stringify(VPN)].join('\n'));
    const ran = await triagent(['triage', batch, '--url', url, '--depth', 'classify']);
    expect(ran.code).toBe(1);
    expect(resultsOf(ran.stdout)).toEqual([
      { id: 'INC-1', status: 'completed' },
      { id: '#2', code: 'INVALID_JSON' },
      { id: 'INC-1', status: 'completed' },
    ]);
  });

  it('learns there', async () => {
    const solved = file(
      'hosted-solved.jsonl',
      '{"id":"H-1","subject":"Plotter","body":"stripes"}\nno json\n',
    );
    const ran = await triagent(['learn', solved, '--url', url, '--json']);
    expect(ran.code).toBe(1);
    expect(machine(reportShape, ran)).toMatchObject({ added: 1, rejected: 1 });
  });
});

/** Looks again until it holds; the runner's own limit ends it. */
async function until(holds: () => boolean): Promise<void> {
  while (!holds()) await new Promise((resolve) => setTimeout(resolve, 20));
}
