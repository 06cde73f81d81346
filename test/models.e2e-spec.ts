import { readdir, readFile, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it } from '@jest/globals';
import { generateApiKey, hashApiKey } from '../src/config/api-keys.js';
import { refuse } from '../src/engine/models/testing/dialect.fixture.js';
import { startFakeProvider } from '../src/engine/models/testing/fake-provider.fixture.js';
import { CANARY, openAIDialect } from '../src/engine/models/testing/openai.fixture.js';
import { makeDataDir, startHost } from './host-fixture.js';

const INPUT = { messages: [{ role: 'user', content: 'Our VPN certificate expired, what now?' }] };

/** Every byte of every file below a folder. */
async function bytesBelow(dir: string): Promise<string> {
  const files = await readdir(dir, { recursive: true, withFileTypes: true });
  const read = files.flatMap((file) =>
    file.isFile() ? [readFile(join(file.parentPath, file.name), 'latin1')] : [],
  );
  return (await Promise.all(read)).join('');
}

describe('a provider that refuses, and repeats the key that it was sent', () => {
  it.each([
    ['another model answers, and that is told', ['offline:extractive'], 'success'],
    ['the run fails with the reason', [], 'error'],
  ])('%s; the key is nowhere', async (_, unavailable, status) => {
    const provider = await startFakeProvider();
    provider.script(refuse(openAIDialect, 401, 'invalid_api_key'));
    const dir = await makeDataDir();
    const host = await startHost({
      dir,
      models: { default: 'openai:gpt-4o-mini', fallbacks: { unavailable } },
      env: { OPENAI_API_KEY: CANARY, OPENAI_BASE_URL: `${provider.url}/v1` },
    });
    const send = async (path: string, body?: unknown) => {
      const headers = { 'content-type': 'application/json' };
      const init = body === undefined ? {} : { method: 'POST', headers, body: JSON.stringify(body) };
      return (await fetch(`${host.url}${path}`, init)).text();
    };
    const thread = 'models-thread';
    await send('/threads', { thread_id: thread });
    const streamed = await send(`/threads/${thread}/runs/stream`, {
      ...{ assistant_id: 'support', input: INPUT },
      stream_mode: ['values', 'custom', 'updates'],
    });
    const runs = await send(`/threads/${thread}/runs`);
    expect(JSON.parse(runs)).toMatchObject([{ status }]);
    expect(provider.requests[0]?.headers.authorization).toBe(`Bearer ${CANARY}`);
    expect(streamed + runs).toContain('MODEL_CREDENTIALS');
    if (status === 'success') expect(runs).toContain('"triage":"offline:extractive"');
    const seen = [
      streamed,
      runs,
      await send(`/threads/${thread}/state`),
      await send('/health/ready'),
      await send('/metrics'),
    ];
    await host.close();
    expect(seen.join('')).not.toContain(CANARY);
    expect(await bytesBelow(dir)).not.toContain(CANARY);
    await rm(dir, { recursive: true, force: true });
    await provider.close();
  });
});

describe('what models were used for', () => {
  it('stands in the metrics of the tenant that used them, and of no other', async () => {
    const keys = { acme: generateApiKey(), globex: generateApiKey() };
    const entries = Object.entries(keys).map(([tenant, key]) => ({
      ...{ id: tenant, hash: hashApiKey(key), tenant, groups: [], role: 'operator' as const },
    }));
    const host = await startHost({ auth: { keys: entries } });
    const send = async (path: string, key: string, body?: unknown) => {
      const headers = { authorization: `Bearer ${key}`, 'content-type': 'application/json' };
      const init = body === undefined ? {} : { method: 'POST', body: JSON.stringify(body) };
      return (await fetch(`${host.url}${path}`, { ...init, headers })).text();
    };
    await send('/runs/wait', keys.acme, { assistant_id: 'support', input: INPUT });
    const own = await send('/metrics', keys.acme);
    const labels = 'model="offline:extractive",agent="triage",prompt_version="[0-9.]+",tenant="acme"';
    for (const type of ['input', 'output'])
      expect(own).toMatch(
        new RegExp(`^triagent_model_tokens_total{type="${type}",${labels}} [1-9]\\d*$`, 'm'),
      );
    expect(own).toMatch(new RegExp(`^triagent_model_cost_usd_total{${labels}} 0$`, 'm'));
    expect(own).toMatch(new RegExp(`^triagent_model_requests_total{${labels}} 1$`, 'm'));
    const others = await send('/metrics', keys.globex);
    expect(others).toContain('# TYPE triagent_model_tokens_total counter');
    expect(others).not.toContain('acme');
    await host.close();
  });
});
