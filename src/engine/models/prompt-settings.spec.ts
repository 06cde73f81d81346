import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { testRun } from '../../../agents/testing/run-context.js';
import type { PromptSettings } from '../prompts/front-matter.js';
import { createChatModels } from './chat-models.js';
import { openAIClient } from './openai.js';
import type { ProviderClient } from './provider.js';
import { bedrockDialect } from './testing/bedrock.fixture.js';
import { type Dialect, say } from './testing/dialect.fixture.js';
import { type FakeProvider, startFakeProvider } from './testing/fake-provider.fixture.js';
import { openAIDialect } from './testing/openai.fixture.js';
import { createMeter } from './usage.js';

let provider: FakeProvider;
beforeAll(async () => {
  provider = await startFakeProvider();
});
beforeEach(() => provider.script(say(openAIDialect, { text: ['Hello.'] })));
afterAll(() => provider.close());

const preferred: (string | undefined)[] = [];
const effects: { request: string }[] = [];

/** What goes over the wire where a prompt asks for these settings. */
async function sent(settings: PromptSettings, client: ProviderClient, dialect: Dialect = openAIDialect) {
  provider.script(say(dialect, { text: ['Hello.'] }));
  const models = createChatModels({
    timeouts: { firstByteMs: 2_000, idleMs: 2_000, totalMs: 8_000 },
    budget: { usdPerRun: 100, tokensPerRun: 1_000_000, callsPerRun: 100 },
    settingsFor: (agent) => (agent === 'critic' ? settings : {}),
    modelFor: async (_call, _run, model) => {
      preferred.push(model);
      return client;
    },
    fallbacksFor: async () => [],
  });
  const run = Object.assign(testRun(), { meter: createMeter() });
  const { once } = run.effects;
  const call = { agent: 'critic', visit: 0, messages: [{ role: 'user', text: 'Hi' }] } as const;
  await models.call(call, {
    ...run,
    effects: {
      once: (key, perform) => {
        effects.push(key);
        return once(key, perform);
      },
    },
  });
  return provider.requests.at(-1)?.body ?? {};
}

const openAI = () => openAIDialect.client(provider.url);

describe('what a prompt asks of its model', () => {
  it('reaches the wire of OpenAI, and a preset stays where it asks for nothing', async () => {
    expect(await sent({ temperature: 0.7, maxTokens: 90 }, openAI())).toMatchObject({
      temperature: 0.7,
      max_tokens: 90,
    });
    const preset = await sent({}, openAI());
    expect(preset).toMatchObject({ temperature: 0 });
    expect(preset).not.toHaveProperty('max_tokens');
  });

  it('reaches a model that thinks first in the words that it knows', async () => {
    const client = openAIClient({
      ...{ spec: 'openai:o3-mini', model: 'o3-mini', baseUrl: `${provider.url}/v1`, isCompatible: true },
    });
    const body = await sent({ temperature: 0.7, maxTokens: 90 }, client);
    expect(body).toMatchObject({ max_completion_tokens: 90 });
    expect(body).not.toHaveProperty('temperature');
    expect(body).not.toHaveProperty('max_tokens');
  });

  it('reaches the wire of Bedrock', async () => {
    const client = bedrockDialect.client(provider.url);
    const { inferenceConfig } = await sent({ temperature: 0.7, maxTokens: 90 }, client, bedrockDialect);
    expect(inferenceConfig).toEqual({ temperature: 0.7, maxTokens: 90 });
    expect((await sent({}, client, bedrockDialect)).inferenceConfig).toMatchObject({ temperature: 0 });
  });

  it('names the model, and makes its recorded reply another one', async () => {
    await sent({ model: 'openai:gpt-4o-mini' }, openAI());
    expect(preferred.at(-1)).toBe('openai:gpt-4o-mini');
    const plain = effects.at(-1)?.request;
    await sent({}, openAI());
    expect(effects.at(-1)?.request).toBe(plain);
    await sent({ temperature: 0.7 }, openAI());
    expect(effects.at(-1)?.request).not.toBe(plain);
  });
});
