import { randomUUID } from 'node:crypto';
import { cpSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { z } from 'zod';
import { generateApiKey, hashApiKey } from '../src/config/api-keys.js';
import { makeDataDir, startHost, type TestHost } from './host-fixture.js';

const [anna, una, otto] = [generateApiKey(), generateApiKey(), generateApiKey()];
const keyEntry = (id: string, key: string, tenant: string, role: 'user' | 'operator') => ({
  ...{ id, tenant, role },
  hash: hashApiKey(key),
  groups: [],
});
const auth = {
  keys: [
    keyEntry('anna', anna, 'acme', 'operator'),
    keyEntry('una', una, 'acme', 'user'),
    keyEntry('otto', otto, 'other', 'operator'),
  ],
};
const ANNA = { id: 'anna', tenant: 'acme', groups: [], role: 'operator' } as const;
const DRAFT =
  '---\nname: critic\nversion: 2.0.0-draft\ninput: {schema: {message: string}}\n---\nJudge {{message}}\n';

const labelShape = z.looseObject({ label: z.string(), version: z.string(), heldBy: z.string() });
const listShape = z.object({
  items: z.array(
    z.object({
      name: z.string(),
      versions: z.array(z.looseObject({ version: z.string(), state: z.string(), hash: z.string() })),
      labels: z.array(labelShape),
    }),
  ),
});
const resultShape = z.looseObject({
  id: z.string(),
  manifest: z.looseObject({
    prompts: z.record(z.string(), z.string()),
    promptHashes: z.record(z.string(), z.string()),
  }),
});

describe('the prompt book over HTTP', () => {
  let dir: string;
  let prompts: string;
  let host: TestHost;
  beforeAll(async () => {
    dir = await makeDataDir();
    prompts = join(dir, 'prompts');
    cpSync('prompts', prompts, { recursive: true });
    writeFileSync(join(prompts, 'critic', '2.0.0-draft.prompt'), DRAFT);
    host = await start();
  });
  afterAll(async () => {
    await host.close();
    rmSync(dir, { recursive: true, force: true });
  });

  const start = () => startHost({ auth, dir: join(dir, 'data'), prompts: { dir: prompts }, samples: false });

  async function call(path: string, init: { key?: string; method?: string; body?: unknown } & Headers = {}) {
    const { key = anna, method = 'GET', body, ...headers } = init;
    const response = await fetch(`${host.url}/api/v1/${path}`, {
      method,
      headers: { authorization: `Bearer ${key}`, 'content-type': 'application/json', ...headers },
      ...(body !== undefined && { body: JSON.stringify(body) }),
    });
    const reply: unknown = await response.json();
    return { status: response.status, etag: response.headers.get('etag') ?? '', reply };
  }
  type Headers = Readonly<Partial<Record<'if-match' | 'if-none-match' | 'prefer', string>>>;

  const move = (label: string, version: string, headers: Headers & { key?: string }) =>
    call(`prompts/critic/labels/${label}`, { method: 'PUT', body: { version }, ...headers });
  const criticOf = async (key: string) => {
    const { reply } = await call('prompts', { key });
    return listShape.parse(reply).items.find(({ name }) => name === 'critic');
  };

  it('lists versions with their state, and labels with who holds them', async () => {
    const critic = await criticOf(anna);
    expect(critic?.versions.map(({ version, state }) => [version, state])).toEqual([
      ['1.0.0', 'released'],
      ['1.1.0', 'released'],
      ['2.0.0-draft', 'draft'],
    ]);
    expect(critic?.labels).toMatchObject([{ label: 'production', version: '1.1.0', heldBy: 'file' }]);
  });

  it('shows one version with its text', async () => {
    const { status, reply } = await call('prompts/critic/versions/2.0.0-draft');
    expect(status).toBe(200);
    expect(reply).toMatchObject({ name: 'critic', state: 'draft', text: DRAFT, variables: ['message'] });
    expect(await call('prompts/critic/versions/9.9.9')).toMatchObject({ status: 404 });
    expect(await call('prompts/nobody/labels/production')).toMatchObject({ status: 404 });
  });

  it('is for operators alone', async () => {
    for (const path of ['prompts', 'prompts/critic/versions/1.0.0', 'prompts/critic/labels/production'])
      expect(await call(path, { key: una })).toMatchObject({ status: 403, reply: { code: 'FORBIDDEN' } });
    expect(await move('production', '1.0.0', { key: una, 'if-match': '*' })).toMatchObject({ status: 403 });
  });

  it('moves a label only from the state that the caller has seen', async () => {
    const before = await call('prompts/critic/labels/production');
    expect(await move('production', '1.0.0', {})).toMatchObject({
      status: 428,
      reply: { code: 'PRECONDITION_REQUIRED' },
    });
    expect(await move('production', '1.0.0', { 'if-match': '"stale"' })).toMatchObject({
      status: 412,
      reply: { code: 'PRECONDITION_FAILED' },
    });
    const moved = await move('production', '1.0.0', { 'if-match': before.etag });
    expect(moved).toMatchObject({
      status: 200,
      reply: { version: '1.0.0', heldBy: 'store', fileVersion: '1.1.0', by: 'anna' },
    });
    expect(moved.etag).not.toBe(before.etag);
    expect(await move('production', '1.1.0', { 'if-match': before.etag })).toMatchObject({ status: 412 });
    expect((await criticOf(anna))?.labels).toMatchObject([{ version: '1.0.0', heldBy: 'store' }]);
    expect((await criticOf(otto))?.labels).toMatchObject([{ version: '1.1.0', heldBy: 'file' }]);
  });

  it('lets one of many that move at once win', async () => {
    const { etag } = await call('prompts/critic/labels/production');
    const moves = await Promise.all(
      Array.from({ length: 8 }, () => move('production', '1.0.0', { 'if-match': etag })),
    );
    expect(moves.map(({ status }) => status).sort()).toEqual([200, ...Array.from({ length: 7 }, () => 412)]);
  });

  it.each([
    ['a draft', 'production', { version: '2.0.0-draft' }, '/version'],
    ['a version that does not exist', 'production', { version: '9.9.9' }, '/version'],
    ['an unknown member', 'production', { version: '1.0.0', force: true }, '/force'],
  ])('refuses %s', async (_, label, body, pointer) => {
    const refused = await call(`prompts/critic/labels/${label}`, { method: 'PUT', body, 'if-match': '*' });
    expect(refused).toMatchObject({
      status: 422,
      reply: { code: 'VALIDATION_FAILED', errors: [{ pointer }] },
    });
  });

  it('makes a label where there is none, and runs may name it', async () => {
    expect(await move('canary', '1.1.0', { 'if-match': '*' })).toMatchObject({ status: 412 });
    expect(await move('canary', '1.1.0', { 'if-none-match': '*' })).toMatchObject({ status: 200 });
    expect(await move('canary', '1.0.0', { 'if-none-match': '*' })).toMatchObject({ status: 412 });
    const ticket = { subject: 'VPN', body: 'It is slow.', options: { prompts: { critic: 'canary' } } };
    const named = { method: 'POST', body: ticket, prefer: 'wait=30' };
    const { reply } = await call('triage', { ...named, key: una });
    expect(resultShape.parse(reply).manifest.prompts.critic).toBe('1.1.0');
    expect(await call('triage', { ...named, key: otto })).toMatchObject({ status: 422 });
  });

  it('serves the next run with the version that a label names, and tells its content', async () => {
    const body = { subject: 'VPN', body: 'It is slow.' };
    const { reply } = await call('triage', { method: 'POST', body, prefer: 'wait=30', key: una });
    const { id, manifest } = resultShape.parse(reply);
    const critic = (await criticOf(anna))?.versions.find(({ version }) => version === '1.0.0');
    expect(manifest.prompts.critic).toBe('1.0.0');
    expect(manifest.promptHashes.critic).toBe(critic?.hash);
    const events = await fetch(`${host.url}/api/v1/triage/${id}/events`, {
      headers: { authorization: `Bearer ${una}` },
    });
    expect(await events.text()).toContain(
      `"prompt":"${manifest.prompts.triage}","model":"offline:extractive","promptHash":"${manifest.promptHashes.triage}"`,
    );
  });

  it('shares threads between versions in an experiment', async () => {
    const arms = [{ version: '1.1.0', percent: 50 }];
    const begin = (body: unknown, key = anna) => call('prompts/experiments', { method: 'POST', body, key });
    expect(await begin({ name: 'critic', arms }, una)).toMatchObject({ status: 403 });
    expect(await begin({ name: 'critic', arms, tenants: ['other'] })).toMatchObject({ status: 403 });
    for (const wrong of [
      [{ version: '2.0.0-draft', percent: 1 }],
      [{ version: '9.9.9', percent: 1 }],
      [...arms, ...arms],
      [...arms, { version: '1.0.0', percent: 51 }],
    ])
      expect(await begin({ name: 'critic', arms: wrong })).toMatchObject({ status: 422 });
    const begun = await begin({ name: 'critic', arms, tenants: ['acme'] });
    expect(begun).toMatchObject({ status: 201, reply: { status: 'running', startedBy: 'anna' } });
    expect(await begin({ name: 'critic', arms })).toMatchObject({ status: 409 });
    const { id } = z.object({ id: z.string() }).parse(begun.reply);

    const versionIn = async (threadId: string, tenant: string) => {
      const run = await host.runtime.runs.start(
        {
          threadId,
          request: {
            messages: [{ id: `${threadId}-${randomUUID()}`, type: 'human', content: 'VPN?' }],
            options: { depth: 'classify' },
          },
        },
        { ...ANNA, tenant },
      );
      const { manifest } = await host.runtime.runs.join(run.runId, { ...ANNA, tenant });
      return manifest?.prompts.critic;
    };
    const threads = Array.from({ length: 12 }, (_, index) => `shared-${index}`);
    const first = await Promise.all(threads.map((thread) => versionIn(thread, 'acme')));
    const again = await Promise.all(threads.map((thread) => versionIn(thread, 'acme')));
    expect(again).toEqual(first);
    // Production of this tenant was moved to 1.0.0 above; the draw is by hash, so it is the same every time.
    expect(new Set(first)).toEqual(new Set(['1.0.0', '1.1.0']));
    expect(await versionIn('elsewhere', 'other')).toBe('1.1.0');

    const { reply } = await call(`prompts/experiments/${id}`);
    const { results } = z
      .object({ results: z.array(z.looseObject({ version: z.string(), runs: z.number() })) })
      .parse(reply);
    expect(results.map(({ version, runs }) => [version, runs])).toEqual(
      ['1.0.0', '1.1.0'].map((version) => [version, 2 * first.filter((drawn) => drawn === version).length]),
    );
    expect(await call(`prompts/experiments/${id}`, { key: otto })).toMatchObject({ status: 404 });

    const stopped = await call(`prompts/experiments/${id}`, { method: 'DELETE' });
    expect(stopped).toMatchObject({ status: 200, reply: { status: 'stopped', stoppedBy: 'anna' } });
    expect((await call(`prompts/experiments/${id}`, { method: 'DELETE' })).reply).toEqual(stopped.reply);
    const after = await Promise.all(threads.map((thread) => versionIn(thread, 'acme')));
    expect(new Set(after)).toEqual(new Set(['1.0.0']));
  });

  it('remembers across a restart who moved what', async () => {
    await host.close();
    host = await start();
    expect((await criticOf(anna))?.labels).toMatchObject([
      { label: 'production', version: '1.0.0', heldBy: 'store' },
      { label: 'canary', version: '1.1.0', heldBy: 'store', fileVersion: null },
    ]);
    const { reply } = await call('prompts/critic/moves');
    expect(reply).toMatchObject({
      items: [
        { label: 'canary', version: '1.1.0', previous: null, by: 'anna' },
        { label: 'production', version: '1.0.0', previous: '1.0.0' },
        { label: 'production', version: '1.0.0', previous: '1.1.0' },
      ],
    });
    expect(await call('prompts/critic/moves', { key: otto })).toMatchObject({ reply: { items: [] } });
  });
});
