import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { z } from 'zod';
import { startHost, type TestHost } from './host-fixture.js';
import { type Frame, isTerminal, openSocket } from './raw-socket.js';

const documentSchema = z.object({
  asyncapi: z.literal('3.0.0'),
  channels: z.object({
    thread: z.object({ messages: z.record(z.string(), z.object({ $ref: z.string() })) }),
  }),
  components: z.object({
    messages: z.record(z.string(), z.object({ payload: z.record(z.string(), z.unknown()) })),
    schemas: z.record(z.string(), z.record(z.string(), z.unknown())),
  }),
});

/** A payload that stands on its own: what it points to comes along. */
const standalone = (payload: unknown, schemas: unknown): Record<string, unknown> =>
  JSON.parse(
    JSON.stringify({ ...Object(payload), $defs: schemas }).replaceAll('#/components/schemas/', '#/$defs/'),
  );

const CHANNEL_OF: Readonly<Record<string, string>> = { 'input.requested': 'input' };
const messageOf = (frame: Frame): string => {
  if (frame.type !== 'event') return frame.type;
  return frame.method === 'gap' ? 'gap' : `event.${CHANNEL_OF[frame.method ?? ''] ?? frame.method}`;
};

describe('the published AsyncAPI document', () => {
  let host: TestHost;
  let published: z.infer<typeof documentSchema>;
  beforeAll(async () => {
    host = await startHost();
    published = documentSchema.parse(await (await fetch(`${host.url}/asyncapi.json`)).json());
  });
  afterAll(() => host.close());

  it('points only to messages that it holds', () => {
    for (const { $ref } of Object.values(published.channels.thread.messages))
      expect(published.components.messages).toHaveProperty([$ref.replace('#/components/messages/', '')]);
  });

  it('describes every frame that is sent, also in a fork, a cancel, an error and a gap', async () => {
    const socket = await openSocket(host.url, 'conform');
    const start = {
      assistant_id: 'support',
      input: { messages: [{ role: 'user', content: 'Is the certificate of vpn.example.com still valid?' }] },
    };
    await socket.command('subscription.reconnect');
    await socket.command('run.start', start);
    await socket.find(isTerminal);
    for (const method of [
      'state.get',
      'state.listCheckpoints',
      'agent.getTree',
      'run.explode',
      'input.respond',
    ])
      await socket.command(method);
    await socket.command('subscription.subscribe', { channels: ['values'], since: 1_000_000 });
    const { result } = await socket.command('run.start', start);
    await socket.command('run.cancel', { run_id: result?.run_id });

    const wrong = socket.frames.flatMap((frame): unknown[] => {
      const payload = published.components.messages[messageOf(frame)]?.payload;
      if (!payload) return [{ unknown: messageOf(frame) }];
      const checked = z.fromJSONSchema(standalone(payload, published.components.schemas)).safeParse(frame);
      return checked.success ? [] : [{ frame, issues: checked.error.issues }];
    });
    const kinds = new Set(socket.frames.map(messageOf));
    expect(wrong).toEqual([]);
    expect([...kinds]).toEqual(
      expect.arrayContaining([
        'success',
        'error',
        'gap',
        'event.values',
        'event.updates',
        'event.messages',
        'event.lifecycle',
        'event.tasks',
        'event.checkpoints',
        'event.custom',
      ]),
    );
    await socket.close();
  });
});
