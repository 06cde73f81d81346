import { LLMock } from '@copilotkit/aimock';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { z } from 'zod';
import { testRun } from '../../../agents/testing/run-context.js';
import { Secret } from '../../config/secret.js';
import { bedrockClient } from './bedrock.js';
import { createChatModels } from './chat-models.js';
import { openAIClient } from './openai.js';
import type { ProviderClient } from './provider.js';
import { createMeter } from './usage.js';

/** Somebody else's idea of the two wires, so that ours is not only tested against itself. */
const mock = new LLMock({ port: 0, logLevel: 'silent' });
const ANSWER = { claims: [{ text: 'Renew it.' }, { text: 'Then connect again.' }] };

beforeAll(async () => {
  mock.onMessage(/structured/, { content: JSON.stringify(ANSWER) });
  mock.onMessage(/prose/, { content: 'Renew the certificate.' });
  mock.onMessage(/look/, { toolCalls: [{ name: 'tls_inspect', arguments: '{"host":"vpn.example.com"}' }] });
  mock.onMessage(/busy/, { error: { message: 'slow down', type: 'rate_limit_error' }, status: 429 });
  await mock.start();
});
afterAll(() => mock.stop());

const CLIENTS: Readonly<Record<string, () => ProviderClient>> = {
  openai: () =>
    openAIClient({
      ...{ spec: 'openai:gpt-4o-mini', model: 'gpt-4o-mini', baseUrl: `${mock.url}/v1` },
      ...{ key: new Secret('sk-test'), isCompatible: false },
    }),
  bedrock: () =>
    bedrockClient('amazon.titan-text-express-v1', 'bedrock:amazon.titan-text-express-v1', {
      ...{ endpoint: mock.url, region: 'us-east-1' },
      ...{ accessKeyId: new Secret('AKIDEXAMPLE'), secretAccessKey: new Secret('secret') },
    }),
  'bedrock with tools': () =>
    bedrockClient(
      'anthropic.claude-3-haiku-20240307-v1:0',
      'bedrock:anthropic.claude-3-haiku-20240307-v1:0',
      {
        ...{ endpoint: mock.url, region: 'us-east-1' },
        ...{ accessKeyId: new Secret('AKIDEXAMPLE'), secretAccessKey: new Secret('secret') },
      },
    ),
};

const schema = z.object({ claims: z.array(z.object({ text: z.string() })) });
const TOOLS = [{ name: 'tls.inspect', description: 'Looks at TLS', input: z.object({ host: z.string() }) }];

describe.each(Object.keys(CLIENTS))('aimock as %s', (name) => {
  describe.each(['all', 'nothing'] as const)('streaming %s', (streams) => {
    const ask = (text: string, more: object = {}) => {
      const client = CLIENTS[name]?.();
      if (!client) throw new Error(name);
      const models = createChatModels({
        timeouts: { firstByteMs: 20_000, idleMs: 20_000, totalMs: 25_000 },
        backoff: { firstMs: 2, mostMs: 4 },
        budget: { usdPerRun: 1, tokensPerRun: 100_000, callsPerRun: 10 },
        modelFor: async () => ({ ...client, capabilities: { ...client.capabilities, streams } }),
        fallbacksFor: async () => [],
      });
      const run = Object.assign(testRun(), { meter: createMeter() });
      return models.call({ agent: 'resolver', visit: 0, messages: [{ role: 'user', text }], ...more }, run);
    };

    it('answers in prose', async () => expect((await ask('prose')).text).toBe('Renew the certificate.'));

    it('answers in the asked form, element by element', async () => {
      const shown: unknown[] = [];
      const reply = await ask('structured', {
        output: { name: 'answer', schema },
        onElement: { key: 'claims', handle: (element: unknown) => shown.push(element) },
      });
      expect(reply.output).toEqual(ANSWER);
    });

    it('is busy', async () => expect(ask('busy')).rejects.toMatchObject({ code: 'MODEL_OVERLOADED' }));

    if (name !== 'bedrock')
      it('calls a tool under its own name', async () => {
        const { toolCalls } = await ask('look', { tools: TOOLS });
        expect(toolCalls).toMatchObject([{ name: 'tls.inspect', args: { host: 'vpn.example.com' } }]);
      });
  });
});
