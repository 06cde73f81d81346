import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { z } from 'zod';
import { fault } from '../../../agents/contracts/index.js';
import { testRun } from '../../../agents/testing/run-context.js';
import { openTemporaryDatabase, type TemporaryDatabase } from '../storage/temporary-database.fixture.js';
import { createChatModels } from './chat-models.js';
import { createReplyCache } from './reply-cache.js';
import { breakOff, refuse, say } from './testing/dialect.fixture.js';
import {
  begin,
  chunk,
  type Exchange,
  type FakeProvider,
  finish,
  startFakeProvider,
} from './testing/fake-provider.fixture.js';
import { openAIDialect } from './testing/openai.fixture.js';
import { createMeter } from './usage.js';
import { createUsageCounters } from './usage-counters.js';

const schema = z.object({ claims: z.array(z.object({ text: z.string() })) });
const GOOD = { output: ['{"claims":[{"text":"a"},', '{"text":"b"}]}'] };
const BUDGET = { usdPerRun: 100, tokensPerRun: 100_000, callsPerRun: 100 };
const DAY_MS = 86_400_000;

let provider: FakeProvider;
let store: TemporaryDatabase;
beforeAll(async () => {
  provider = await startFakeProvider();
  store = await openTemporaryDatabase();
});
afterAll(async () => {
  await provider.close();
  await store.remove();
});

interface Wish {
  readonly text?: string;
  readonly tenant?: string;
  readonly version?: string;
  readonly signal?: AbortSignal;
  readonly callsPerRun?: number;
  readonly deadline?: number;
}

/** Models over one provider, and a way to ask them in a run of its own each time. */
function models({ replies }: { replies?: ReturnType<typeof createReplyCache> } = {}) {
  const counters = createUsageCounters();
  const budget = { ...BUDGET };
  const client = openAIDialect.client(provider.url);
  const chat = createChatModels({
    timeouts: { firstByteMs: 5_000, idleMs: 5_000, totalMs: 20_000 },
    backoff: { firstMs: 2, mostMs: 4 },
    modelFor: async () => client,
    fallbacksFor: async () => [],
    ...{ budget, counters, ...(replies && { replies }) },
  });
  const ask = (wish: Wish = {}) => {
    const base = testRun({
      principal: { id: 'p', tenant: wish.tenant ?? 'default', groups: [], role: 'user' },
      ...(wish.signal && { signal: wish.signal }),
    });
    const limits = { ...base.limits, ...(wish.deadline && { deadline: wish.deadline }) };
    const run = Object.assign({ ...base, limits }, { meter: createMeter() });
    const shown: unknown[] = [];
    const reply = chat.call(
      {
        ...{ agent: 'resolver' as const, visit: 0 },
        messages: [{ role: 'user', text: wish.text ?? 'What now?' }],
        output: { name: wish.version ?? 'answer', schema },
        onElement: { key: 'claims', handle: (element) => shown.push(element) },
      },
      run,
    );
    return { reply, shown, meter: run.meter, events: base.events };
  };
  return { ask, counters, budget };
}

/** Holds every reply back until it is let go. */
function heldBack() {
  const begun: Exchange[] = [];
  provider.script((exchange) => {
    begun.push(exchange);
  });
  const until = async (count: number) => {
    while (begun.length < count) await new Promise((resolve) => setImmediate(resolve));
  };
  return {
    until,
    letGo: async () => {
      for (const exchange of begun.splice(0)) await say(openAIDialect, GOOD)(exchange);
    },
  };
}

describe('identical calls in flight', () => {
  it('are made once; everybody sees every element, one pays', async () => {
    const held = heldBack();
    const { ask, counters } = models();
    const asked = [ask(), ask(), ask()];
    await held.until(1);
    await held.letGo();
    for (const { reply, shown } of asked) {
      expect((await reply).output).toEqual({ claims: [{ text: 'a' }, { text: 'b' }] });
      expect(shown).toEqual([{ text: 'a' }, { text: 'b' }]);
    }
    expect(provider.requests).toHaveLength(1);
    expect(asked.map(({ meter }) => meter.total().modelCalls)).toEqual([1, 0, 0]);
    expect(counters.of('default')).toMatchObject([{ requests: 1, inputTokens: 120, savedCalls: 2 }]);
  });

  it('are told apart by tenant, words and form, and by time', async () => {
    const held = heldBack();
    const { ask } = models();
    const asked = [ask(), ask({ tenant: 'other' }), ask({ text: 'And then?' }), ask({ version: 'other' })];
    await held.until(4);
    await held.letGo();
    await Promise.all(asked.map(({ reply }) => reply));
    provider.script(say(openAIDialect, GOOD));
    await ask().reply;
    expect(provider.requests).toHaveLength(1);
  });

  it('show what was shown already to who comes later, and go on when the first one leaves', async () => {
    const { promise, resolve: goOn } = Promise.withResolvers<void>();
    provider.script(async (exchange) => {
      begin(exchange, { 'content-type': 'text/event-stream' });
      const frames = openAIDialect.frames(GOOD);
      for (const frame of frames.slice(0, 2)) chunk(exchange, frame);
      await promise;
      for (const frame of frames.slice(2)) chunk(exchange, frame);
      finish(exchange);
    });
    const { ask } = models();
    const leaves = new AbortController();
    const first = ask({ signal: leaves.signal });
    const left = expect(first.reply).rejects.toMatchObject({ code: 'RUN_CANCELLED' });
    while (first.shown.length === 0) await new Promise((resolve) => setImmediate(resolve));
    const second = ask();
    while (second.shown.length === 0) await new Promise((resolve) => setImmediate(resolve));
    leaves.abort(fault('RUN_CANCELLED'));
    await left;
    goOn();
    expect((await second.reply).output?.claims).toHaveLength(2);
    expect([first.shown.length, second.shown.length]).toEqual([1, 2]);
    expect(second.meter.total()).toMatchObject({ modelCalls: 1, inputTokens: 120 });
    expect(provider.requests).toHaveLength(1);
  });

  it('close their socket with the last who leaves, and take no one on any more', async () => {
    provider.script(breakOff(openAIDialect, GOOD, 'stall'));
    const { ask } = models();
    const stops = [new AbortController(), new AbortController()];
    const asked = stops.map(({ signal }) => ask({ signal }));
    const ends = asked.map(({ reply }) => expect(reply).rejects.toMatchObject({ code: 'RUN_CANCELLED' }));
    while (asked.some(({ shown }) => shown.length < 2)) await new Promise((resolve) => setImmediate(resolve));
    for (const stop of stops) stop.abort(fault('RUN_CANCELLED'));
    await Promise.all(ends);
    await provider.requests[0]?.closed;
    provider.script(say(openAIDialect, GOOD));
    await ask().reply;
    expect(provider.requests).toHaveLength(1);
  });

  it('fail for all where the provider fails', async () => {
    provider.script(refuse(openAIDialect, 401, 'invalid_api_key'));
    const { ask } = models();
    const asked = [ask(), ask()];
    for (const { reply } of asked) await expect(reply).rejects.toMatchObject({ code: 'MODEL_CREDENTIALS' });
    expect(provider.requests).toHaveLength(1);
  });

  it('are made anew by the others where the first one had no time left', async () => {
    const held = heldBack();
    const { ask } = models();
    const hasty = ask({ deadline: Date.now() + 150 });
    const patient = ask();
    await expect(hasty.reply).rejects.toMatchObject({ code: 'MODEL_TIMEOUT' });
    await held.until(2);
    await held.letGo();
    expect((await patient.reply).output?.claims).toHaveLength(2);
  });
});

describe('the exact cache', () => {
  it('gives a reply again, element by element, for nothing', async () => {
    provider.script(say(openAIDialect, GOOD));
    const replies = createReplyCache(store.database, () => DAY_MS);
    await models({ replies }).ask().reply;
    const { ask, counters } = models({ replies });
    const again = ask();
    expect((await again.reply).output).toEqual({ claims: [{ text: 'a' }, { text: 'b' }] });
    expect(again.shown).toHaveLength(2);
    expect(again.meter.total()).toMatchObject({ modelCalls: 0, costUsd: 0, inputTokens: 0 });
    expect(counters.of('default')).toMatchObject([{ savedCalls: 1, requests: 0 }]);
    expect(provider.requests).toHaveLength(1);
    await ask({ tenant: 'other' }).reply;
    await ask({ text: 'And then?' }).reply;
    expect(provider.requests).toHaveLength(3);
  });

  it('keeps no failure, and nothing longer than its time', async () => {
    let now = 0;
    const replies = createReplyCache(store.database, () => now);
    const { ask } = models({ replies });
    provider.script(say(openAIDialect, { output: ['{}'], end: 'refusal' }), say(openAIDialect, GOOD));
    const text = 'What keeps?';
    await expect(ask({ text }).reply).rejects.toMatchObject({ code: 'MODEL_REFUSED' });
    await ask({ text }).reply;
    now = 29 * DAY_MS;
    await ask({ text }).reply;
    expect(provider.requests).toHaveLength(2);
    now = 31 * DAY_MS;
    await ask({ text }).reply;
    expect(provider.requests).toHaveLength(3);
  });

  it('keeps so many replies of a tenant, the newest, and none that is very long', async () => {
    const replies = createReplyCache(store.database, () => DAY_MS);
    await replies.keep('small', 'only', 1);
    await replies.keep('long', 'key', 'x'.repeat(70_000));
    expect(await replies.find('long', 'key')).toBeUndefined();
    await Promise.all(Array.from({ length: 5_001 }, (_, index) => replies.keep('full', `k${index}`, index)));
    expect(await replies.find('full', 'k0')).toBeUndefined();
    expect(await replies.find('full', 'k1')).toBe(1);
    expect(await replies.find('full', 'k5000')).toBe(5_000);
    expect(await replies.find('small', 'only')).toBe(1);
  });
});

describe('the counters', () => {
  it('are bounded for each tenant', () => {
    const counters = createUsageCounters(2);
    const spent = { inputTokens: 1, outputTokens: 1, estimated: false, costUsd: 1, requests: 1 };
    const labels = { tenant: 'a', agent: 'triage', prompt: '1.0.0' } as const;
    for (const model of ['m1', 'm2', 'm3', 'm4', 'm1']) counters.spent({ ...labels, model }, spent);
    counters.spent({ ...labels, tenant: 'b', model: 'm5' }, spent);
    const counted = counters.of('a').map((series) => [series.labels.model, series.requests]);
    expect(counted).toEqual([
      ['m1', 2],
      ['m2', 1],
      ['other', 2],
    ]);
    expect(counters.of('b')).toHaveLength(1);
    expect(counters.of('c')).toEqual([]);
  });
});
