import { rm } from 'node:fs/promises';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { Client } from '@langchain/langgraph-sdk';
import { z } from 'zod';
import { type CuttingProxy, startCuttingProxy } from './cutting-proxy.js';
import { makeDataDir, startHost, type TestHost } from './host-fixture.js';
import { isTerminal, openSocket } from './raw-socket.js';

const input = { messages: [{ role: 'user', content: 'Our VPN certificate expired, what now?' }] };
const channels = [
  'values',
  'updates',
  'messages',
  'tools',
  'lifecycle',
  'tasks',
  'checkpoints',
  'custom',
] as const;
const CUTS = 10;

describe('a socket that is cut in the middle of a run', () => {
  let host: TestHost;
  let proxy: CuttingProxy;
  let runBytes: number;
  let largestFrame: number;

  beforeAll(async () => {
    host = await startHost();
    proxy = await startCuttingProxy(host.port);
    const socket = await openSocket(host.url, 'measure');
    await socket.command('subscription.reconnect');
    await socket.command('run.start', { assistant_id: 'support', input });
    await socket.find(isTerminal);
    const sizes = socket.frames.map((frame) => JSON.stringify(frame).length);
    runBytes = sizes.reduce((sum, size) => sum + size, 0);
    largestFrame = Math.max(...sizes);
    await socket.close();
  });
  afterAll(async () => {
    await proxy.close();
    await host.close();
  });

  it.each(['websocket', 'sse'] as const)(
    `leaves the official client no gap and no duplicate over %s, cut at ${CUTS} points`,
    async (transport) => {
      for (let point = 1; point <= CUTS; point += 1) {
        const threadId = `cut-${transport}-${point}`;
        const client = new Client({ apiUrl: proxy.url });
        const thread = client.threads.stream(threadId, {
          assistantId: 'support',
          transport,
          reconnectDelayMs: () => 5,
        });
        const before = proxy.cuts;
        const events = await thread.subscribe({ channels: [...channels] });
        const seen: number[] = [];
        const reading = (async () => {
          for await (const event of events) {
            seen.push(Number(event.seq));
            if (
              event.method === 'lifecycle' &&
              z.object({ event: z.string() }).parse(event.params.data).event === 'completed'
            )
              break;
          }
        })();
        // The reply to run.start comes through whole, or the client could not know that its run was accepted.
        await thread.run.start({ input });
        proxy.cutAfter(Math.ceil((runBytes * point) / (CUTS + 2)));
        await reading;
        await thread.close();
        expect({ point, cut: proxy.cuts > before, seen }).toEqual({
          point,
          cut: true,
          seen: seen.map((_, index) => index + 1),
        });
      }
    },
    60_000,
  );

  it('lets a client with a cursor go on over many cuts with every event exactly once', async () => {
    const runner = await openSocket(host.url, 'by-cursor');
    await runner.command('subscription.reconnect');
    const started = runner.command('run.start', { assistant_id: 'support', input });
    const before = proxy.cuts;
    const seen: string[] = [];
    let last: string | undefined;
    for (let ended = false; !ended; ) {
      const socket = await openSocket(proxy.url, 'by-cursor');
      // Enough for a handshake, a reply and the largest frame, so that each connection brings the reader on.
      proxy.cutAfter(largestFrame + 1_024);
      const since = last === undefined ? { since: 0 } : {};
      const method = last === undefined ? 'subscription.subscribe' : 'subscription.reconnect';
      socket.socket.send(
        JSON.stringify({ id: 1, method, params: { ...since, channels, last_event_id: last } }),
      );
      await Promise.race([socket.closed, socket.find(isTerminal)]);
      seen.push(...socket.frames.flatMap((frame) => frame.event_id ?? []));
      last = seen.at(-1);
      ended = socket.frames.some(isTerminal);
      socket.socket.terminate();
    }
    await started;
    await runner.find(isTerminal);
    const all = runner.frames.flatMap((frame) => frame.event_id ?? []);
    expect(proxy.cuts - before).toBeGreaterThan(1);
    expect(seen).toEqual(all);
    await runner.close();
  });
});

describe('a host that is restarted in the middle of a run', () => {
  it.each(['websocket', 'sse'] as const)(
    'leaves the official client no gap and no duplicate over %s',
    async (transport) => {
      const dir = await makeDataDir();
      const first = await startHost({ dir });
      const proxy = await startCuttingProxy(first.port);
      const client = new Client({ apiUrl: proxy.url });
      const thread = client.threads.stream('restarted', {
        assistantId: 'support',
        transport,
        reconnectDelayMs: (attempt) => 100 * 2 ** attempt,
      });
      const events = await thread.subscribe({ channels: [...channels] });
      const seen: number[] = [];
      const lifecycle: string[] = [];
      const begun = Promise.withResolvers<void>();
      const reading = (async () => {
        for await (const event of events) {
          seen.push(Number(event.seq));
          begun.resolve();
          if (event.method !== 'lifecycle') continue;
          lifecycle.push(z.object({ event: z.string() }).parse(event.params.data).event);
          if (lifecycle.at(-1) === 'completed') break;
        }
      })();
      await thread.run.start({ input });
      await begun.promise;
      await first.close(0);
      const second = await startHost({ dir });
      proxy.pointTo(second.port);
      await reading;
      await thread.close();
      await proxy.close();
      await second.close();
      await rm(dir, { recursive: true, force: true });
      // Begun twice: the run really was cut off and taken up again.
      expect(lifecycle).toEqual(['running', 'running', 'completed']);
      expect(seen).toEqual(seen.map((_, index) => index + 1));
    },
  );
});
