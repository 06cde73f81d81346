import { type ChildProcess, spawn } from 'node:child_process';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createServer, type Server, type ServerResponse } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, afterEach, beforeAll, describe, expect, it } from '@jest/globals';
import { parse } from 'yaml';
import { z } from 'zod';
import { hashApiKey } from '../src/config/api-keys.js';

/** The command line as its users run it: the built program in a process of its own (`npm test` builds first). */
const PROGRAM = fileURLToPath(new URL('../bin/triagent.mjs', import.meta.url));

const folder = mkdtempSync(join(tmpdir(), 'triagent-cli-'));
const data = join(folder, 'data');
const children = new Set<ChildProcess>();
afterEach(() => {
  for (const child of children) child.kill('SIGKILL');
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

function file(name: string, text: string): string {
  const path = join(folder, name);
  mkdirSync(join(path, '..'), { recursive: true });
  writeFileSync(path, text);
  return path;
}

interface Ran {
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

function start(args: readonly string[], env: Readonly<Record<string, string>> = {}) {
  const child = spawn(process.execPath, [PROGRAM, ...args], {
    cwd: folder,
    env: { PATH: process.env.PATH, ...env },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  children.add(child);
  const said = { stdout: '', stderr: '' };
  const listeners = new Set<() => void>();
  for (const stream of ['stdout', 'stderr'] as const) {
    child[stream].setEncoding('utf8').on('data', (text: string) => {
      said[stream] += text;
      for (const listener of listeners) listener();
    });
  }
  const ended = new Promise<Ran>((resolve) => {
    child.once('close', (code) => {
      children.delete(child);
      resolve({ code, ...said });
    });
  });
  /** Resolves as soon as the stream has said it. */
  const says = (stream: keyof typeof said, words: RegExp) =>
    new Promise<string>((resolve, reject) => {
      const look = () => words.test(said[stream]) && resolve(said[stream]);
      listeners.add(look);
      look();
      void ended.then(({ stderr }) => reject(new Error(`ended without saying ${words}: ${stderr}`)));
    });
  return { child, ended, says };
}

const triagent = (args: readonly string[], env?: Readonly<Record<string, string>>) => start(args, env).ended;

/** Stdout of a `--json` command: exactly one line. */
function machine<T>(schema: z.ZodType<T>, { stdout }: Ran): T {
  expect(stdout.trimEnd()).not.toContain('\n');
  return schema.parse(JSON.parse(stdout));
}

const failure = z.object({
  error: z.object({ code: z.string(), detail: z.string(), kept: z.string(), next: z.string() }),
});
const state = z.looseObject({
  threadId: z.string(),
  messages: z.array(z.object({ type: z.string(), content: z.string() })),
  answer: z.object({ text: z.string() }).nullish(),
  evidence: z.array(z.object({ id: z.string(), title: z.string(), source: z.string() })),
});
const report = z.object({
  added: z.number(),
  updated: z.number(),
  unchanged: z.number(),
  rejected: z.number(),
  documents: z.array(
    z.looseObject({ id: z.string(), path: z.string(), status: z.string(), passages: z.number() }),
  ),
});
const hits = z.object({
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
    expect(machine(failure, ran).error).toMatchObject({
      code: 'INPUT_UNREADABLE',
      detail: 'absent.log cannot be read.',
    });
    expect(ran.stderr).toMatch(/error INPUT_UNREADABLE: .*\n {2}kept: .*\n {2}next: /);
    expect(ran.stderr).not.toContain('    at ');
  });

  it('a bad configuration could not run, and shows no value', async () => {
    const ran = await triagent(['ask', 'x', '--json'], { PORT: 'hunter2', TRIAGENT_MODEL: 'openai:hunter2' });
    expect(ran.code).toBe(3);
    expect(machine(failure, ran).error.detail).toMatch(
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
    const { messages, ...rest } = machine(state, ran);
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
    expect(machine(report, first)).toMatchObject({ added: 2, rejected: 2 });
    const again = machine(report, await triagent(args));
    expect(again).toMatchObject({ added: 0, unchanged: 2, rejected: 2 });
    expect(
      again.documents.filter(({ status }) => status === 'rejected').map(({ error }) => error),
    ).toMatchObject([{ code: 'INVALID_JSON' }, { code: 'UNSUPPORTED_MEDIA_TYPE' }]);
    expect((await triagent(['ingest', 'absent', '--data', data])).code).toBe(3);
  });

  it('search finds one query, and a batch that goes on where it stopped', async () => {
    const one = machine(
      hits,
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
        hits,
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
  let host: ReturnType<typeof start>;
  beforeAll(async () => {
    const keys = [{ id: 'k', hash: hashApiKey(key), tenant: 'default', role: 'operator' }];
    host = start(['serve', '--port', '0', '--data', data], {
      TRIAGENT_API_KEYS: JSON.stringify(keys),
      OPENAI_API_KEY: 'x',
    });
    children.delete(host.child);
    const line = await host.says('stdout', /\n/);
    expect(line).toMatch(
      /^Triagent on http:\/\/127\.0\.0\.1:\d+ · model offline:extractive · \d+ articles .*next: .*\n$/,
    );
    expect(line).toContain('OPENAI_API_KEY is set but not used');
    url = /http:\S+/.exec(line)?.[0] ?? '';
  });

  it('ask, search and ingest give what they give in this process', async () => {
    const env = { TRIAGENT_API_KEY: key };
    const asked = await triagent(
      ['ask', 'our VPN certificate expired, what now?', '--url', url, '--json'],
      env,
    );
    expect(asked.code).toBe(0);
    expect(machine(state, asked).answer?.text).toContain('[');
    expect(asked.stderr).toContain('critic ');
    const found = machine(hits, await triagent(['search', 'change the toner', '--url', url, '--json'], env));
    expect(found.hits[0]?.docId).toBe('toner');
    const kept = machine(
      report,
      await triagent(['ingest', 'articles/toner.md', '--url', url, '--json'], env),
    );
    expect(kept).toMatchObject({ unchanged: 1, documents: [{ id: 'toner', path: 'articles/toner.md' }] });
  });

  it('the host refuses who has no key, with its own error', async () => {
    const ran = await triagent(['ask', 'x', '--url', url, '--json']);
    expect(ran.code).toBe(3);
    expect(machine(failure, ran).error.code).toBe('UNAUTHENTICATED');
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
    expect([ran.code, machine(failure, ran).error.code]).toEqual([3, 'HOST_UNREACHABLE']);
  });
});

/** Speaks what the command line hears from a host, so that a run can be held in its middle. */
describe('a run that takes long', () => {
  const streams: { readonly since: unknown; readonly response: ServerResponse }[] = [];
  const opened: ((index: number) => void)[] = [];
  let server: Server;
  let url: string;

  beforeAll(async () => {
    server = createServer((request, response) => {
      let body = '';
      request.setEncoding('utf8').on('data', (text: string) => {
        body += text;
      });
      request.on('end', () => {
        const { method, since } = z.looseObject({}).parse(JSON.parse(body || '{}'));
        const reply = (value: unknown) =>
          void response.setHeader('content-type', 'application/json').end(JSON.stringify(value));
        if (request.url === '/threads') return reply({ thread_id: 't1' });
        if (method === 'run.start')
          return reply({ type: 'success', result: { run_id: 'r1' }, meta: { applied_through_seq: 3 } });
        if (method === 'run.cancel')
          return reply({
            type: 'success',
            result: { id: 'r1', status: 'cancelled', stopped: ['resolver'], effects: ['dns.lookup'] },
          });
        response.writeHead(200, { 'content-type': 'text/event-stream' }).flushHeaders();
        opened[streams.push({ since, response }) - 1]?.(streams.length - 1);
        return undefined;
      });
    });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    const address = server.address();
    url = typeof address === 'object' && address ? `http://127.0.0.1:${address.port}` : '';
  });
  afterEach(() => {
    streams.length = 0;
    opened.length = 0;
  });
  afterAll(() => {
    server.closeAllConnections();
    server.close();
  });

  const stream = (index: number) =>
    new Promise<void>((resolve) => {
      if (streams.length > index) resolve();
      else opened[index] = () => resolve();
    });
  const send = (index: number, seq: number, method: string, params: unknown) =>
    streams[index]?.response.write(
      `data: ${JSON.stringify({ type: 'event', seq, method, params: { namespace: [], data: params } })}\n\n`,
    );

  it('is cancelled by Ctrl-C, which prints the receipt', async () => {
    const asking = start(['ask', 'x', '--url', url]);
    await stream(0);
    send(0, 4, 'lifecycle', { event: 'running', run_id: 'r1' });
    send(0, 5, 'custom', {
      name: 'progress',
      payload: { agent: 'resolver', stage: 'started', text: 'Drafting' },
    });
    await asking.says('stderr', /Drafting/);
    asking.child.kill('SIGINT');
    const { code, stderr } = await asking.ended;
    expect(code).toBe(3);
    expect(stderr).toMatch(/cancelled; stopped: resolver\nalready done: dns\.lookup/);
  });

  it('is taken up again after a lost connection, after the last event that was seen', async () => {
    const asking = start(['ask', 'x', '--url', url, '--json']);
    await stream(0);
    send(0, 4, 'lifecycle', { event: 'running', run_id: 'r1' });
    send(0, 5, 'custom', {
      name: 'progress',
      payload: { agent: 'resolver', stage: 'started', text: 'Drafting' },
    });
    await asking.says('stderr', /Drafting/);
    streams[0]?.response.destroy();
    await stream(1);
    send(1, 6, 'values', { messages: [], evidence: [] });
    send(1, 7, 'lifecycle', { event: 'completed', run_id: 'r1' });
    expect(machine(state, await asking.ended)).toMatchObject({ threadId: 't1', messages: [] });
    expect(streams.map(({ since }) => since)).toEqual([3, 5]);
  });

  it('ends with the error of the run', async () => {
    const asking = start(['ask', 'x', '--url', url, '--json']);
    await stream(0);
    send(0, 4, 'lifecycle', { event: 'running', run_id: 'r1' });
    const detail = { code: 'RUN_DEADLINE', detail: 'Too late.', kept: 'The thread.', next: 'Ask again.' };
    send(0, 5, 'lifecycle', { event: 'failed', run_id: 'r1', error: 'RUN_DEADLINE: Too late.', detail });
    const ran = await asking.ended;
    expect(ran.code).toBe(3);
    expect(machine(failure, ran).error).toEqual(detail);
  });
});
