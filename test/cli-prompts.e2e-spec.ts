import { appendFileSync, cpSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from '@jest/globals';
import { z } from 'zod';
import { createCliFixture, failureShape, machine } from './cli-fixture.js';

const { folder, triagent, serve, close } = createCliFixture();
const prompts = join(folder, 'prompts');
const data = join(folder, 'data');
cpSync('prompts', prompts, { recursive: true });
afterAll(close);

const env = { TRIAGENT_PROMPTS_DIR: prompts };
const book = (...args: string[]) => triagent(['prompts', ...args, '--data', data], env);

const entriesShape = z.object({
  items: z.array(
    z.object({
      name: z.string(),
      versions: z.array(z.object({ version: z.string(), state: z.string() }).loose()),
      labels: z.array(z.object({ label: z.string(), version: z.string(), heldBy: z.string() }).loose()),
    }),
  ),
});
const criticIn = (ran: Awaited<ReturnType<typeof book>>) =>
  machine(entriesShape, ran).items.find(({ name }) => name === 'critic');

describe('triagent prompts', () => {
  it('lists what there is', async () => {
    const ran = await book('list');
    expect(ran).toMatchObject({ code: 0, stderr: '' });
    expect(ran.stdout).toMatch(
      /^critic\n {2}production → 1\.1\.0 {2}\(labels\.json\)\n {2}1\.1\.0 +released/m,
    );
  });

  it('shows a version by number or label', async () => {
    const text = readFileSync(join(prompts, 'critic', '1.1.0.prompt'), 'utf8');
    for (const reference of ['critic@1.1.0', 'critic@production'])
      expect((await book('show', reference)).stdout).toBe(text);
    const detail = machine(z.object({ text: z.string(), labels: z.array(z.string()) }), {
      ...(await book('show', 'critic@1.1.0', '--json')),
    });
    expect(detail).toEqual({ text, labels: ['production'] });
    const missing = await book('show', 'critic@9.9.9', '--json');
    expect(missing.code).toBe(3);
    expect(machine(failureShape, missing).error.code).toBe('PROMPT_NOT_FOUND');
  });

  it('compares two versions word by word', async () => {
    const { code, stdout } = await book('diff', 'critic@1.0.0', 'critic@1.1.0');
    expect(code).toBe(0);
    expect(stdout).toContain('critic@1.0.0 → critic@1.1.0\nversion: 1.[-0-]{+1+}.0\n');
    expect(stdout).toContain('<claim id="{{id}}{+" title="{{title}}+}">{{text}}</claim>');
    expect(stdout).not.toContain('name: critic');
  });

  it('drafts, refuses to label a draft, releases and labels', async () => {
    expect(await book('new', 'critic@2.0.0')).toMatchObject({ code: 0 });
    const path = join(prompts, 'critic', '2.0.0.prompt');
    expect(await book('label', 'critic@2.0.0', 'production')).toMatchObject({ code: 3 });
    expect(await book('release', 'critic@2.0.0')).toMatchObject({ code: 3 });
    const text = readFileSync(path, 'utf8');
    writeFileSync(path, text.replace('triagent.changelog: ""', 'triagent.changelog: Nothing yet.'));
    expect(await book('release', 'critic@2.0.0')).toMatchObject({ code: 0 });
    expect(await book('label', 'critic@2.0.0', 'production')).toMatchObject({
      code: 0,
      stdout: 'critic: production is 2.0.0, was 1.1.0\n',
    });
    const critic = criticIn(await book('list', '--json'));
    expect(critic?.labels).toMatchObject([{ version: '2.0.0', heldBy: 'file' }]);
    expect(critic?.versions.map(({ state }) => state)).toEqual(['released', 'released', 'released']);
  });

  it('shows which labels a host has moved', async () => {
    const host = await serve(data, { ...env, TRIAGENT_SAMPLES: 'off' });
    const moved = await fetch(`${host.url}/api/v1/prompts/critic/labels/production`, {
      method: 'PUT',
      headers: { 'content-type': 'application/json', 'if-match': '*' },
      body: JSON.stringify({ version: '1.0.0' }),
    });
    expect(moved.status).toBe(200);
    // The host still holds the data folder.
    const listed = criticIn(await book('list', '--json'));
    expect(listed?.labels).toMatchObject([
      { version: '1.0.0', heldBy: 'store', fileVersion: '2.0.0', by: 'local' },
    ]);
    const other = criticIn(await book('list', '--json', '--tenant', 'other'));
    expect(other?.labels).toMatchObject([{ version: '2.0.0', heldBy: 'file' }]);
    expect((await book('show', 'critic@production')).stdout).toContain('version: 1.0.0\n');
    expect((await book('label', 'critic@1.1.0', 'production')).stderr).toContain('The store holds 1.0.0');
    host.child.kill('SIGTERM');
    await host.ended;
  });

  it('verifies, with exit code 1 where a release was changed', async () => {
    expect(await book('verify')).toMatchObject({ code: 0 });
    appendFileSync(join(prompts, 'triage', '1.0.0.prompt'), ' ');
    const ran = await book('verify', '--json');
    expect(ran.code).toBe(1);
    expect(machine(z.object({ ok: z.boolean(), changed: z.array(z.string()) }), ran)).toEqual({
      ok: false,
      changed: ['triage@1.0.0'],
    });
    writeFileSync(join(prompts, 'triage', '2.0.0.prompt'), 'no prompt');
    expect((await book('verify')).stdout).toMatch(
      /changed {2}triage@1\.0\.0.*\ninvalid {2}triage\/2\.0\.0\.prompt: /,
    );
  });

  it.each([
    [[]],
    [['burn']],
    [['show']],
    [['list', 'more']],
    [['show', 'critic']],
    [['label', 'critic@1.0.0', '1.0.0']],
  ])('prompts %j is wrong usage', async (args) => expect((await book(...args)).code).toBe(2));
});
