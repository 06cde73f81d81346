import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { parse } from 'yaml';
import { z } from 'zod';
import { hashApiKey } from '../src/config/api-keys.js';
import { createCliFixture, failureShape, machine, stateShape } from './cli-fixture.js';

const { folder, triagent, serve, file, close } = createCliFixture();
const data = join(folder, 'data');
afterAll(close);

const reportShape = z.object({
  added: z.number(),
  updated: z.number(),
  unchanged: z.number(),
  rejected: z.number(),
  documents: z.array(
    z.looseObject({ id: z.string(), path: z.string(), status: z.string(), passages: z.number() }),
  ),
});
const hitsShape = z.object({
  hits: z.array(z.looseObject({ docId: z.string(), chunkId: z.string(), score: z.number() })),
});

describe('usage', () => {
  it.each(['serve', 'ask', 'ingest', 'search', 'samples', 'keys', 'doctor'])(
    '%s has help',
    async (command) => {
      const { code, stdout } = await triagent([command, '--help']);
      expect(code).toBe(0);
      for (const option of ['--data', '--config', '--tenant', '--no-samples', '--json'])
        expect(stdout).toContain(option);
    },
  );

  it.each([
    [[]],
    [['bogus']],
    [['ask']],
    [['ask', ' ']],
    [['ask', 'x', '--bogus']],
    [['ask', 'x', '--url', 'ftp://127.0.0.1']],
    [['search']],
    [['search', 'x', '--k', '1001']],
    [['search', 'x', '--queries', 'y']],
    [['samples', 'burn']],
    [['serve', '--port', 'http']],
  ])('%j is wrong usage', async (args) => expect((await triagent(args)).code).toBe(2));

  it('a failure on --json is one object on stdout, its text on stderr', async () => {
    const ran = await triagent(['ask', 'x', '--attach', 'absent.log', '--json']);
    expect(ran.code).toBe(3);
    expect(machine(failureShape, ran).error).toMatchObject({
      code: 'INPUT_UNREADABLE',
      detail: 'absent.log cannot be read.',
    });
    expect(ran.stderr).toMatch(/error INPUT_UNREADABLE: .*\n {2}kept: .*\n {2}next: /);
    expect(ran.stderr).not.toContain('    at ');
  });

  it('a bad configuration could not run, and shows no value', async () => {
    const ran = await triagent(['ask', 'x', '--json'], { PORT: 'hunter2', TRIAGENT_MODEL: 'hunter2' });
    expect(ran.code).toBe(3);
    expect(machine(failureShape, ran).error.detail).toMatch(
      /server\.port \(PORT\).*models\.default \(TRIAGENT_MODEL\)/,
    );
    expect(ran.stdout + ran.stderr).not.toContain('hunter2');
  });
});

describe('keys and doctor', () => {
  it('keys new shows a key once and the entry that holds its hash', async () => {
    const ran = await triagent([
      'keys',
      'new',
      '--tenant',
      'acme',
      '--groups',
      'it, hr',
      '--role',
      'operator',
      '--json',
    ]);
    const { key, entry } = machine(
      z.object({ key: z.string(), entry: z.looseObject({ hash: z.string() }) }),
      ran,
    );
    expect(entry).toMatchObject({
      tenant: 'acme',
      groups: ['it', 'hr'],
      role: 'operator',
      hash: hashApiKey(key),
    });
    const { stdout } = await triagent(['keys', 'new']);
    const { auth } = z.object({ auth: z.unknown() }).parse(parse(stdout.replace(/^.*\n/, '')));
    expect(auth).toMatchObject({
      keys: [{ tenant: 'default', hash: hashApiKey(stdout.split('\n', 1)[0] ?? '') }],
    });
  });

  it('doctor tells what is so, and changes nothing', async () => {
    const fresh = join(folder, 'fresh');
    const ran = await triagent(['doctor', '--data', fresh, '--json'], { OPENAI_API_KEY: 'sk-hunter2' });
    const { ok, checks } = machine(
      z.object({
        ok: z.boolean(),
        checks: z.array(z.object({ name: z.string(), status: z.string(), detail: z.string() })),
      }),
      ran,
    );
    expect([ran.code, ok]).toEqual([0, true]);
    expect(checks.find(({ name }) => name === 'provider key')).toMatchObject({ status: 'warn' });
    expect(ran.stdout).not.toContain('hunter2');
    expect(() => readFileSync(join(fresh, 'lock.sqlite'))).toThrow('ENOENT');
  });

  it('doctor finds every mistake of a configuration, and a damaged store', async () => {
    const config = file('bad.yaml', 'sever: 1\nserver: { port: x }\n');
    const mistaken = await triagent(['doctor', '--config', config]);
    expect(mistaken.code).toBe(1);
    expect(mistaken.stdout).toMatch(
      /fail +configuration +server\.port: .*\n.*\nfail +configuration +sever: unknown key/,
    );
    file('damaged/triagent.sqlite', 'this is no database, '.repeat(100));
    const damaged = await triagent(['doctor', '--data', join(folder, 'damaged')]);
    expect(damaged.code).toBe(1);
    expect(damaged.stdout).toMatch(/fail +schema +STORE_DAMAGED/);
  });

  it('doctor --template is a configuration', async () => {
    const config = file('template.yaml', (await triagent(['doctor', '--template'])).stdout);
    expect((await triagent(['doctor', '--config', config, '--data', join(folder, 'fresh')])).code).toBe(0);
  });
});

describe('in this process', () => {
  it('ask answers with sources, tells its steps on stderr, and goes on with the thread', async () => {
    const first = await triagent(['ask', 'our VPN certificate expired, what now?', '--data', data]);
    expect(first.code).toBe(0);
    expect(first.stdout).toMatch(/\[\d+\][\s\S]*\nSources\n {2}\[\d+\] .+ \(kb:[\w-]+#\d+\)/);
    for (const agent of ['triage', 'retriever', 'resolver', 'critic'])
      expect(first.stderr).toContain(`${agent} `);
    const threadId = /thread (\S+)/.exec(first.stderr)?.[1] ?? '';

    const ran = await triagent(['ask', 'and on my phone?', '--data', data, '--thread', threadId, '--json']);
    const { messages, ...rest } = machine(stateShape, ran);
    expect(rest.threadId).toBe(threadId);
    expect(messages.filter(({ type }) => type === 'human').map(({ content }) => content)).toEqual([
      'our VPN certificate expired, what now?',
      'and on my phone?',
    ]);
  });

  it('ingest keeps what it can read, is idempotent and names the rest', async () => {
    file('articles/toner.md', '# Change the toner\n\nOpen the front door and pull the blue lever.\n');
    file('articles/more.jsonl', '{"id":"badge","title":"Badge","body":"Ask the front desk."}\nno json\n');
    file('articles/picture.png', '\0\0');
    const args = ['ingest', join(folder, 'articles'), '--data', data, '--json'];
    const first = await triagent(args);
    expect(first.code).toBe(1);
    expect(machine(reportShape, first)).toMatchObject({ added: 2, rejected: 2 });
    const again = machine(reportShape, await triagent(args));
    expect(again).toMatchObject({ added: 0, unchanged: 2, rejected: 2 });
    expect(
      again.documents.filter(({ status }) => status === 'rejected').map(({ error }) => error),
    ).toMatchObject([{ code: 'INVALID_JSON' }, { code: 'UNSUPPORTED_MEDIA_TYPE' }]);
    expect((await triagent(['ingest', 'absent', '--data', data])).code).toBe(3);
  });

  it('search finds one query, and a batch that goes on where it stopped', async () => {
    const one = machine(
      hitsShape,
      await triagent(['search', 'change the toner', '--data', data, '--json', '--k', '3']),
    );
    expect(one.hits[0]?.docId).toBe('toner');

    const lines = ['{"qid":"q1","query":"toner"}', '{"qid":"q2"}', '{"qid":"q3","query":"badge"}'];
    const queries = file('queries.jsonl', `${lines.join('\n')}\n`);
    const out = join(folder, 'out.jsonl');
    const batch = ['search', '--queries', queries, '--out', out, '--k', '1', '--data', data];
    expect((await triagent(batch)).code).toBe(1);
    const whole = readFileSync(out, 'utf8');
    const results = whole
      .trimEnd()
      .split('\n')
      .map((line): unknown => JSON.parse(line));
    expect(results).toMatchObject([
      { qid: 'q1', hits: [{ docId: 'toner' }] },
      { qid: 'q2', error: { code: 'VALIDATION_FAILED' } },
      { qid: 'q3', hits: [{ docId: 'badge' }] },
    ]);

    writeFileSync(out, whole.slice(0, whole.indexOf('\n') + 20));
    expect((await triagent(batch)).code).toBe(1);
    expect(readFileSync(out, 'utf8')).toBe(whole);

    writeFileSync(queries, lines.toReversed().join('\n'));
    expect((await triagent(batch)).code).toBe(2);
    expect(readFileSync(out, 'utf8')).toBe(whole);
  });

  it("samples leave and come back; one's own data stays", async () => {
    const search = async () => {
      const found = machine(
        hitsShape,
        await triagent(['search', 'change the toner', '--data', data, '--no-samples', '--json']),
      );
      return found.hits.map(({ docId }) => docId);
    };
    expect((await triagent(['samples', 'remove', '--data', data])).code).toBe(0);
    expect(new Set(await search())).toEqual(new Set(['toner']));
    expect((await triagent(['samples', 'load', '--data', data])).stdout).toMatch(/loaded: [1-9]\d+ articles/);
    expect((await search())[0]).toBe('toner');
  });
});

describe('through a host', () => {
  const key = 'triagent_test-key';
  let url: string;
  let host: Awaited<ReturnType<typeof serve>>;
  beforeAll(async () => {
    const keys = [{ id: 'k', hash: hashApiKey(key), tenant: 'default', role: 'operator' }];
    host = await serve(data, { TRIAGENT_API_KEYS: JSON.stringify(keys), OPENAI_API_KEY: 'x' });
    expect(host.line).toMatch(
      /^Triagent on http:\/\/127\.0\.0\.1:\d+ · model offline:extractive · \d+ articles .*next: .*\n$/,
    );
    expect(host.line).toContain('OPENAI_API_KEY is set but not used');
    url = host.url;
  });

  it('ask, search and ingest give what they give in this process', async () => {
    const env = { TRIAGENT_API_KEY: key };
    const asked = await triagent(
      ['ask', 'our VPN certificate expired, what now?', '--url', url, '--json'],
      env,
    );
    expect(asked.code).toBe(0);
    expect(machine(stateShape, asked).answer?.text).toContain('[');
    expect(asked.stderr).toContain('critic ');
    const found = machine(
      hitsShape,
      await triagent(['search', 'change the toner', '--url', url, '--json'], env),
    );
    expect(found.hits[0]?.docId).toBe('toner');
    const kept = machine(
      reportShape,
      await triagent(['ingest', 'articles/toner.md', '--url', url, '--json'], env),
    );
    expect(kept).toMatchObject({ unchanged: 1, documents: [{ id: 'toner', path: 'articles/toner.md' }] });
  });

  it('the host refuses who has no key, with its own error', async () => {
    const ran = await triagent(['ask', 'x', '--url', url, '--json']);
    expect(ran.code).toBe(3);
    expect(machine(failureShape, ran).error.code).toBe('UNAUTHENTICATED');
  });

  it('a second process is told to use --url', async () => {
    const ran = await triagent(['ask', 'x', '--data', data]);
    expect(ran.code).toBe(3);
    expect(ran.stderr).toMatch(/DATA_DIR_LOCKED[\s\S]*--url/);
    expect((await triagent(['doctor', '--data', data])).stdout).toMatch(/warn +lock/);
  });

  it('a taken port is said', async () => {
    const ran = await triagent([
      'serve',
      '--port',
      new URL(url).port,
      '--data',
      join(folder, 'other'),
      '--no-samples',
    ]);
    expect(ran.code).toBe(3);
    expect(ran.stderr).toContain('PORT_IN_USE');
  });

  it('SIGTERM drains the host, and then nobody answers', async () => {
    host.child.kill('SIGTERM');
    expect((await host.ended).code).toBe(0);
    const ran = await triagent(['ask', 'x', '--url', url, '--json']);
    expect([ran.code, machine(failureShape, ran).error.code]).toEqual([3, 'HOST_UNREACHABLE']);
  });
});
