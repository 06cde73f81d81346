import { describe, expect, it } from '@jest/globals';
import { configSchema } from '../../config/config.schema.js';
import { readProviders } from '../../config/environment.js';
import { createModelRouter } from './model-router.js';
import { clientOf } from './providers.js';
import { say } from './testing/dialect.fixture.js';
import { startFakeProvider } from './testing/fake-provider.fixture.js';
import { openAIDialect } from './testing/openai.fixture.js';

const configOf = (models: unknown, env: Record<string, string> = {}) => ({
  models: configSchema.parse({ models }).models,
  providers: readProviders(env),
});
const SERVER = 'openai-compatible:m@http://127.0.0.1:9/v1';

describe('createModelRouter', () => {
  const { check } = createModelRouter(
    configOf({ default: SERVER, fallbacks: { content: ['gguf:/m.gguf'] } }),
  );

  it.each([
    'openai:gpt-4o-mini',
    'bedrock:amazon.nova-lite-v1:0',
    SERVER,
    SERVER.replace(':m@', ':n@'),
    'gguf:/m.gguf',
  ])('lets a user choose %s', (spec) => expect(() => check('triage', spec, { role: 'user' })).not.toThrow());

  it.each(['openai-compatible:m@http://169.254.169.254/v1', 'gguf:/etc/passwd'])(
    'lets nobody but an operator choose %s',
    (spec) => {
      expect(() => check('triage', spec, { role: 'operator' })).not.toThrow();
      expect(() => check('triage', spec, { role: 'user' })).toThrow(
        expect.objectContaining({ code: 'MODEL_SPEC_INVALID' }),
      );
    },
  );

  it('refuses what names no model', () => {
    for (const spec of ['openai', 'openai-compatible:m@http://me:secret@h/v1', 'constructor:x'])
      expect(() => check('triage', spec, { role: 'operator' })).toThrow(
        expect.objectContaining({ code: 'MODEL_SPEC_INVALID' }),
      );
  });
});

describe('clientOf', () => {
  const ask = async (spec: string, settings: ReturnType<typeof configOf>) => {
    const client = await clientOf(spec, settings);
    const parts = [];
    const request = { messages: [{ role: 'user', text: 'Hi' }], tools: [], stream: true } as const;
    const signal = new AbortController().signal;
    for await (const part of client.reply({ ...request, signal, onBytes: () => undefined })) parts.push(part);
    return parts;
  };

  it('sends the key of compatible servers to those that the configuration names, and to no other', async () => {
    const server = await startFakeProvider();
    const spec = `openai-compatible:m@${server.url}/v1`;
    server.script(say(openAIDialect, { text: ['Hello'] }));
    const env = { OPENAI_COMPATIBLE_API_KEY: 'mine', OPENAI_API_KEY: 'other' };
    await ask(spec, configOf({ default: spec }, env));
    expect(server.requests[0]?.headers.authorization).toBe('Bearer mine');
    await ask(spec, configOf({}, env));
    expect(server.requests[1]?.headers).not.toHaveProperty('authorization');
    await server.close();
  });

  it('names what is missing without a request', async () => {
    await expect(ask('openai:gpt-4o-mini', configOf({}))).rejects.toMatchObject({
      code: 'MODEL_CREDENTIALS',
      next: expect.stringContaining('OPENAI_API_KEY'),
    });
    await expect(ask('gguf:/nowhere.gguf', configOf({}))).rejects.toMatchObject({
      code: 'MODEL_UNAVAILABLE',
    });
  });
});
