import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { z } from 'zod';
import { isFault } from '../../../agents/contracts/index.js';
import type { ModelCall } from '../../../agents/ports.js';
import { testRun } from '../../../agents/testing/run-context.js';
import { createChatModels } from './chat-models.js';
import type { ProviderClient } from './provider.js';
import { bedrockDialect } from './testing/bedrock.fixture.js';
import type { Dialect } from './testing/dialect.fixture.js';
import { type FakeProvider, startFakeProvider } from './testing/fake-provider.fixture.js';
import type { Outcome, Row } from './testing/fault-row.fixture.js';
import { ROWS } from './testing/fault-rows.fixture.js';
import { CANARY, openAIDialect } from './testing/openai.fixture.js';
import { createMeter } from './usage.js';

const claims = z.object({ claims: z.array(z.object({ text: z.string() })) });
const TOOLS = [{ name: 'tls.inspect', description: 'Looks at TLS', input: z.object({ host: z.string() }) }];
/** Only a provider that falls silent is waited for in vain; the others may be as slow as the machine is. */
const timeoutsOf = ({ late }: Row) => {
  const waitMs = late ? 500 : 20_000;
  return { firstByteMs: waitMs, idleMs: waitMs, totalMs: 25_000 };
};
const BUDGET = { usdPerRun: 100, tokensPerRun: 100_000_000, callsPerRun: 100 };

/** One call as an agent makes it, and everything that came of it. */
async function ask(client: ProviderClient, row: Row) {
  const run = testRun();
  const meter = createMeter();
  const models = createChatModels({
    timeouts: timeoutsOf(row),
    backoff: { firstMs: 2, mostMs: 4 },
    budget: BUDGET,
    modelFor: async () => client,
    fallbacksFor: async () => [],
  });
  const shown: unknown[] = [];
  const base = {
    agent: 'resolver',
    visit: 0,
    messages: [
      { role: 'system', text: 'Answer.' },
      { role: 'user', text: 'What now?' },
    ],
  } as const;
  const call: ModelCall<unknown> =
    row.ask === 'tools'
      ? { ...base, tools: TOOLS }
      : {
          ...base,
          output: { name: 'answer', schema: claims },
          onElement: { key: 'claims', handle: (element) => shown.push(element) },
        };
  const settled = await models.call(call, { ...run, meter } as typeof run).then(
    (reply) => ({ reply }),
    (failure: unknown) => ({ failure }),
  );
  return { ...settled, shown, meter, events: run.events };
}

const outcomeOf = ({ outcome }: Row, mode: 'stream' | 'whole'): Outcome =>
  'stream' in outcome ? outcome[mode] : outcome;

describe.each<Dialect>([openAIDialect, bedrockDialect])('the fault matrix of $name', (dialect) => {
  let provider: FakeProvider;
  beforeAll(async () => {
    provider = await startFakeProvider();
  });
  afterAll(() => provider.close());

  const rows = ROWS.filter(({ only }) => only === undefined || only === dialect.name);

  it('has at least 35 behaviours', () => expect(rows.length).toBeGreaterThanOrEqual(35));

  describe.each(['stream', 'whole'] as const)('%s', (mode) => {
    it.each(rows)('$name', async (row) => {
      const outcome = outcomeOf(row, mode);
      provider.script(...row.scripts(dialect));
      const client = dialect.client(provider.url);
      const streams = mode === 'stream' ? client.capabilities.streams : 'nothing';
      const result = await ask({ ...client, capabilities: { ...client.capabilities, streams } }, row);

      const failure = 'failure' in result ? result.failure : undefined;
      const reply = 'reply' in result ? result.reply : undefined;
      expect(isFault(failure) ? failure.code : failure).toBe(outcome.code);
      expect(provider.requests.map(({ path }) => path)).toHaveLength(outcome.requests);
      expect(provider.requests.every(({ isStream }) => isStream === (mode === 'stream'))).toBe(true);
      expect(result.shown).toHaveLength(outcome.shown ?? 0);
      expect(result.meter.total().modelCalls).toBe(outcome.requests);
      if (outcome.retryAfterSeconds !== undefined)
        expect(failure).toMatchObject({ retryAfterSeconds: outcome.retryAfterSeconds });
      if (outcome.code === undefined && row.ask !== 'tools') {
        expect(reply?.output).toEqual({ claims: [{ text: 'Größe 𝄞' }, { text: 'b' }] });
        expect(result.shown).toEqual([{ text: 'Größe 𝄞' }, { text: 'b' }]);
        expect(reply?.usage.estimated).toBe(outcome.estimated ?? false);
      }
      if (outcome.toolCalls) {
        const given = reply?.toolCalls.map(({ args }) => args);
        expect(given).toEqual(outcome.toolCalls.map((args) => (args === '*' ? expect.anything() : args)));
        expect(new Set(reply?.toolCalls.map(({ id }) => id)).size).toBeGreaterThan(0);
      }
      const told = isFault(failure) ? JSON.stringify([failure.message, failure.detail, failure.next]) : '';
      expect(told + JSON.stringify(result.events)).not.toContain(CANARY);
    });
  });
});
