import { once } from 'node:events';
import { createServer } from 'node:net';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { z } from 'zod';
import { fault } from '../../../agents/contracts/index.js';
import { testRun } from '../../../agents/testing/run-context.js';
import { createChatModels } from './chat-models.js';
import { openAIClient } from './openai.js';
import type { ProviderClient } from './provider.js';
import { bedrockDialect } from './testing/bedrock.fixture.js';
import { breakOff, refuse, say } from './testing/dialect.fixture.js';
import { begin, type FakeProvider, startFakeProvider } from './testing/fake-provider.fixture.js';
import { openAIDialect } from './testing/openai.fixture.js';
import { createMeter } from './usage.js';

const schema = z.object({ claims: z.array(z.object({ text: z.string() })) });
const GOOD = { output: ['{"claims":[{"text":"a"},', '{"text":"b"}]}'] };
const BUDGET = { usdPerRun: 100, tokensPerRun: 100_000_000, callsPerRun: 1_000 };
const TIMEOUTS = { firstByteMs: 2_000, idleMs: 2_000, totalMs: 8_000 };

let provider: FakeProvider;
beforeAll(async () => {
  provider = await startFakeProvider();
});
afterAll(() => provider.close());

const compatible = (model = 'm') =>
  openAIClient({
    ...{ spec: `openai-compatible:${model}@${provider.url}/v1`, model },
    ...{ baseUrl: `${provider.url}/v1`, isCompatible: true },
  });

interface Setting {
  readonly fallbacks?: readonly ProviderClient[];
  readonly timeouts?: Partial<typeof TIMEOUTS>;
  readonly budget?: Partial<typeof BUDGET>;
}

/** Models over one client, and a way to call them within one run. */
function modelsOver(client: ProviderClient, { fallbacks = [], timeouts, budget }: Setting = {}) {
  const models = createChatModels({
    timeouts: { ...TIMEOUTS, ...timeouts },
    budget: { ...BUDGET, ...budget },
    backoff: { firstMs: 2, mostMs: 4 },
    modelFor: async () => client,
    fallbacksFor: async (kind) => (kind === 'unavailable' ? fallbacks : []),
  });
  return (
    settings: {
      signal?: AbortSignal;
      run?: ReturnType<typeof newRun>;
      text?: string;
      shown?: unknown[];
    } = {},
  ) => {
    const run = settings.run ?? newRun(settings.signal);
    return models.call(
      {
        ...{ agent: 'resolver' as const, visit: 0 },
        messages: [
          { role: 'system', text: 'Answer.' },
          { role: 'user', text: settings.text ?? 'What now?' },
        ],
        output: { name: 'answer', schema },
        onElement: { key: 'claims', handle: (element) => settings.shown?.push(element) },
      },
      run,
    );
  };
}

const newRun = (signal?: AbortSignal) =>
  Object.assign(testRun(signal && { signal }), { meter: createMeter() });

describe('the retry owner', () => {
  it.each([openAIDialect, bedrockDialect])(
    'closes the socket of $name when the run is cancelled',
    async (dialect) => {
      const abort = new AbortController();
      provider.script(breakOff(dialect, GOOD, 'stall'));
      const shown: unknown[] = [];
      const call = modelsOver(dialect.client(provider.url))({
        signal: abort.signal,
        shown,
      });
      const cancelled = expect(call).rejects.toMatchObject({ code: 'RUN_CANCELLED' });
      while (shown.length < 2) await new Promise((resolve) => setImmediate(resolve));
      abort.abort(fault('RUN_CANCELLED'));
      await cancelled;
      await provider.requests[0]?.closed;
      expect(provider.requests).toHaveLength(1);
    },
  );

  it('closes the socket when a reply is late, and ends at the deadline of the call', async () => {
    provider.script(() => undefined);
    const call = modelsOver(compatible(), { timeouts: { firstByteMs: 60_000, totalMs: 150 } });
    await expect(call()).rejects.toMatchObject({ code: 'MODEL_TIMEOUT' });
    await provider.requests[0]?.closed;
    expect(provider.requests).toHaveLength(1);
  });

  it('stops asking a provider that is down, and tries it again with one call', async () => {
    provider.script(refuse(openAIDialect, 503, 'down'));
    const call = modelsOver(openAIDialect.client(provider.url));
    const codes = new Map<unknown, number>();
    for (let index = 0; index < 100; index += 1)
      await call({ text: `Question ${index}` }).catch((error: { code: unknown }) => {
        codes.set(error.code, (codes.get(error.code) ?? 0) + 1);
      });
    expect(codes.get('MODEL_CIRCUIT_OPEN')).toBeGreaterThan(90);
    expect(provider.requests.length).toBeLessThanOrEqual(12);
  });

  it('does not count what is the fault of a request', async () => {
    provider.script(refuse(openAIDialect, 401, 'invalid_api_key'));
    const call = modelsOver(openAIDialect.client(provider.url));
    for (let index = 0; index < 30; index += 1)
      await expect(call({ text: `Question ${index}` })).rejects.toMatchObject({ code: 'MODEL_CREDENTIALS' });
    expect(provider.requests).toHaveLength(30);
  });

  it('repeats at most a fifth of the requests, beyond a few', async () => {
    // A third of the requests fails: too few to open the breaker.
    const bad = refuse(openAIDialect, 503, 'shaky');
    const good = say(openAIDialect, GOOD);
    provider.script((exchange) => (provider.requests.length % 3 === 1 ? bad(exchange) : good(exchange)));
    const call = modelsOver(openAIDialect.client(provider.url));
    for (let index = 0; index < 100; index += 1)
      await call({ text: `Question ${index}` }).catch(() => undefined);
    const retries = provider.requests.length - 100;
    expect(retries).toBeGreaterThan(10);
    expect(retries).toBeLessThanOrEqual(10 + 0.2 * provider.requests.length);
  });

  it('tells a closed port and a certificate that does not hold', async () => {
    const server = createServer().listen(0, '127.0.0.1');
    await once(server, 'listening');
    const address = server.address();
    const port = typeof address === 'object' ? address?.port : 0;
    server.close();
    await once(server, 'close');
    for (const dialect of [openAIDialect, bedrockDialect])
      await expect(modelsOver(dialect.client(`http://127.0.0.1:${port}`))()).rejects.toMatchObject({
        code: 'MODEL_UNREACHABLE',
        detail: expect.stringContaining('refused'),
      });
    const secured = await startFakeProvider({ tls: true });
    for (const dialect of [openAIDialect, bedrockDialect])
      await expect(modelsOver(dialect.client(secured.url))()).rejects.toMatchObject({
        code: 'MODEL_UNREACHABLE',
        detail: expect.stringContaining('certificate'),
      });
    expect(secured.requests).toHaveLength(0);
    await secured.close();
  });

  it('sends no key where there is none, and never another provider’s', async () => {
    provider.script(say(openAIDialect, GOOD));
    await modelsOver(compatible())();
    expect(provider.requests[0]?.headers).not.toHaveProperty('authorization');
  });
});

describe('another model', () => {
  it('answers in place of one that fails, and is announced', async () => {
    provider.script(
      refuse(openAIDialect, 401, 'invalid_api_key'),
      refuse(openAIDialect, 404, 'model_not_found'),
      say(openAIDialect, GOOD),
    );
    const run = newRun();
    const names = ['first', 'second', 'third'].map((name) => compatible(name));
    const [first, ...fallbacks] = names;
    const call = modelsOver(first ?? compatible(), { fallbacks });
    const reply = await call({ run });
    expect(reply.model).toBe(names[2]?.spec);
    expect(run.meter.models).toEqual({ resolver: names[2]?.spec });
    expect(run.events.map((event) => (event.channel === 'custom' ? event.payload : null))).toMatchObject([
      { agent: 'resolver', model: names[1]?.spec, code: 'MODEL_CREDENTIALS' },
      { agent: 'resolver', model: names[2]?.spec, code: 'MODEL_NOT_FOUND' },
    ]);
    expect(provider.requests.map(({ body }) => body.model)).toEqual(['first', 'second', 'third']);
  });

  it('is asked for its own kind of failure only, and not once something was shown', async () => {
    const fallbacks = [compatible('other')];
    provider.script(say(openAIDialect, { output: ['{}'], end: 'refusal' }));
    await expect(modelsOver(compatible(), { fallbacks })()).rejects.toMatchObject({ code: 'MODEL_REFUSED' });
    provider.script(breakOff(openAIDialect, GOOD, 'end'));
    await expect(modelsOver(compatible(), { fallbacks })()).rejects.toMatchObject({
      code: 'MODEL_STREAM_TRUNCATED',
    });
    expect(provider.requests).toHaveLength(1);
  });

  it('leaves the first failure to be told where all fail', async () => {
    provider.script(
      refuse(openAIDialect, 401, 'invalid_api_key'),
      refuse(openAIDialect, 404, 'model_not_found'),
    );
    const call = modelsOver(compatible(), { fallbacks: [compatible('other')] });
    await expect(call()).rejects.toMatchObject({ code: 'MODEL_CREDENTIALS' });
  });
});

describe('structured output', () => {
  const formsAsked = () =>
    provider.requests.map(({ body }) =>
      body.tool_choice ? 'tool' : (body.response_format as { type?: string } | undefined)?.type,
    );
  const replyCall = { calls: [{ id: 'c', name: 'answer', args: GOOD.output }] };

  it.each([400, 500])(
    'goes to the next form where a server refuses one with %d, and remembers it',
    async (status) => {
      provider.script(refuse(openAIDialect, status, 'unsupported'), say(openAIDialect, replyCall));
      const shown: unknown[] = [];
      const call = modelsOver(compatible(`refusing-${status}`));
      expect((await call({ shown })).output).toEqual({ claims: [{ text: 'a' }, { text: 'b' }] });
      expect(shown).toHaveLength(2);
      await call({ text: 'And then?' });
      expect(formsAsked()).toEqual(['json_schema', 'tool', 'tool']);
    },
  );

  it('comes to json_object with the schema in the prompt, and remembers that too', async () => {
    const no = refuse(openAIDialect, 400, 'unsupported');
    provider.script(no, no, say(openAIDialect, GOOD));
    const call = modelsOver(compatible());
    await call();
    await call({ text: 'And then?' });
    expect(formsAsked()).toEqual(['json_schema', 'tool', 'json_object', 'json_object']);
    expect(JSON.stringify(provider.requests[2]?.body.messages)).toContain('JSON schema');
  });

  it('remembers a refusal although the reply in the next form was no good', async () => {
    provider.script(
      refuse(openAIDialect, 500, 'unsupported'),
      say(openAIDialect, { ...replyCall, end: 'length' }),
      say(openAIDialect, replyCall),
    );
    const call = modelsOver(compatible('rambling'));
    await expect(call()).rejects.toMatchObject({ code: 'MODEL_LENGTH' });
    await call({ text: 'And then?' });
    expect(formsAsked()).toEqual(['json_schema', 'tool', 'tool']);
  });

  it('takes a form that has worked for proven', async () => {
    const broken = refuse(openAIDialect, 500, 'broken');
    provider.script(say(openAIDialect, GOOD), broken, broken, say(openAIDialect, GOOD));
    const call = modelsOver(compatible());
    await call();
    await call({ text: 'And then?' });
    expect(formsAsked()).toEqual(['json_schema', 'json_schema', 'json_schema', 'json_schema']);
  });

  it('asks in strict mode, each prompt message in its role', async () => {
    provider.script(say(openAIDialect, GOOD));
    await modelsOver(compatible())();
    const { body } = provider.requests[0] ?? {};
    expect(body?.messages).toMatchObject([{ role: 'system' }, { role: 'user' }]);
    expect(body?.response_format).toMatchObject({
      json_schema: { strict: true, schema: { additionalProperties: false, required: ['claims'] } },
    });
  });
});

describe('budgets', () => {
  it.each([
    ['requests', { callsPerRun: 1 }],
    ['tokens', { tokensPerRun: 160 }],
    ['US dollars', { usdPerRun: 0.00004 }],
  ])('refuse the next request when the %s are used up', async (unit, budget) => {
    provider.script(say(openAIDialect, GOOD));
    const run = newRun();
    const call = modelsOver(openAIDialect.client(provider.url), { budget });
    await call({ run });
    await expect(call({ run, text: 'And then?' })).rejects.toMatchObject({
      code: 'RUN_LIMIT',
      detail: expect.stringContaining(unit),
    });
    expect(provider.requests).toHaveLength(1);
  });

  it('count what the provider reports, in money too, by agent', async () => {
    provider.script(say(openAIDialect, GOOD));
    const run = newRun();
    await modelsOver(openAIDialect.client(provider.url))({ run });
    const used = { inputTokens: 120, outputTokens: 30, estimated: false, modelCalls: 1 };
    const { agents, ...total } = run.meter.total();
    expect(total).toMatchObject(used);
    // 120 tokens at 0.15 and 30 at 0.60 dollars a million.
    expect(total.costUsd).toBeCloseTo((120 * 0.15 + 30 * 0.6) / 1e6, 12);
    expect(agents?.resolver).toMatchObject(used);
  });

  it('end a loop that asks the same again and again', async () => {
    provider.script(say(openAIDialect, GOOD));
    const run = newRun();
    const call = modelsOver(openAIDialect.client(provider.url));
    for (let index = 0; index < 3; index += 1) await call({ run });
    await expect(call({ run })).rejects.toMatchObject({ code: 'RUN_LIMIT' });
  });
});

describe('a slow reader of headers', () => {
  it('is not mistaken for a reply', async () => {
    provider.script((exchange) => begin(exchange, { 'content-type': 'text/event-stream' }));
    const call = modelsOver(compatible(), { timeouts: { firstByteMs: 50 } });
    await expect(call()).rejects.toMatchObject({ code: 'MODEL_TIMEOUT' });
    await Promise.all(provider.requests.map(({ closed }) => closed));
    expect(provider.requests).toHaveLength(3);
  });
});
