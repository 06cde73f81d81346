import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { Client } from '@langchain/langgraph-sdk';
import { z } from 'zod';
import { startHost, type TestHost } from './host-fixture.js';
import { type Frame, isTerminal, openSocket } from './raw-socket.js';

const QUESTION = 'Our VPN certificate expired, what now?';
const input = (content = QUESTION) => ({ messages: [{ role: 'user', content }] });

const start = { assistant_id: 'support', input: input() };
const lastMessage = z.object({ messages: z.array(z.looseObject({ content: z.string() })).min(1) });
const textOf = (values: unknown) => lastMessage.parse(values).messages.at(-1)?.content;

const seqs = (frames: readonly Frame[]) =>
  frames.flatMap((frame) => (frame.type === 'event' ? [frame.seq] : []));

describe('the chat door', () => {
  let host: TestHost;
  beforeAll(async () => {
    host = await startHost();
  });
  afterAll(() => host.close());

  it.each(['websocket', 'sse'] as const)(
    'streams a whole run to the official client over %s',
    async (transport) => {
      const client = new Client({ apiUrl: host.url });
      const thread = client.threads.stream(`official-${transport}`, { assistantId: 'support', transport });
      const texts: string[] = [];
      const reading = (async () => {
        for await (const message of thread.messages) texts.push(await message.text);
      })();
      await thread.run.start({ input: input() });
      const values = await thread.output;
      await reading;
      await thread.close();
      const { values: kept } = await client.threads.getState(`official-${transport}`);
      expect(texts.at(-1)).toMatch(/\[1\]/);
      expect(textOf(kept)).toBe(texts.at(-1));
      expect(z.object({ evidence: z.array(z.unknown()).min(1) }).safeParse(values).success).toBe(true);
    },
  );

  it('numbers a run without gaps and ends it exactly once', async () => {
    const socket = await openSocket(host.url, 'numbered');
    await socket.command('subscription.subscribe', {
      channels: [
        'custom',
        'values',
        'updates',
        'messages',
        'tools',
        'lifecycle',
        'input',
        'checkpoints',
        'tasks',
      ],
    });
    const reply = await socket.command('run.start', start);
    await socket.find(isTerminal);
    const numbers = seqs(socket.frames);
    expect(reply.type).toBe('success');
    expect(numbers).toEqual(numbers.map((_, index) => index + 1));
    expect(socket.frames.filter(isTerminal)).toHaveLength(1);
    expect(new Set(socket.frames.map((frame) => frame.event_id)).size).toBe(numbers.length + 1);
    await socket.close();
  });

  it('shows two observers the same events, the later one from the start of the run', async () => {
    const channels = ['values', 'messages', 'lifecycle'];
    const first = await openSocket(host.url, 'observed');
    await first.command('subscription.subscribe', { channels });
    await first.command('run.start', start);
    const second = await openSocket(host.url, 'observed');
    await second.command('subscription.subscribe', { channels });
    await Promise.all([first.find(isTerminal), second.find(isTerminal)]);
    const events = (frames: readonly Frame[]) => frames.filter((frame) => frame.type === 'event');
    expect(events(second.frames)).toEqual(events(first.frames));
    await Promise.all([first.close(), second.close()]);
  });

  it('replays to each later subscription of a socket what it asked for, in order', async () => {
    const socket = await openSocket(host.url, 'late');
    await socket.command('subscription.subscribe', { channels: ['lifecycle'] });
    await socket.command('run.start', start);
    await socket.find(isTerminal);
    const before = socket.frames.length;
    await socket.command('subscription.subscribe', { channels: ['messages'] });
    await socket.find(
      (frame) => frame.method === 'messages' && JSON.stringify(frame).includes('message-finish'),
    );
    const replayed = socket.frames.slice(before);
    expect(new Set(replayed.filter((frame) => frame.type === 'event').map(({ method }) => method))).toEqual(
      new Set(['messages']),
    );
    expect(seqs(replayed)).toEqual([...seqs(replayed)].sort((a, b) => Number(a) - Number(b)));
    await socket.close();
  });

  it('goes on after a cursor with each later event once', async () => {
    const socket = await openSocket(host.url, 'cursor');
    await socket.command('subscription.reconnect', {});
    await socket.command('run.start', start);
    await socket.find(isTerminal);
    const all = socket.frames.filter((frame) => frame.type === 'event');
    const middle = all[Math.floor(all.length / 2)];
    const again = await openSocket(host.url, 'cursor');
    const reply = await again.command('subscription.reconnect', { last_event_id: middle?.event_id });
    await again.find(isTerminal);
    const rest = all.filter((frame) => Number(frame.seq) > Number(middle?.seq));
    expect(reply.result).toMatchObject({ restored: true, missed_events: rest.length });
    expect(again.frames.filter((frame) => frame.type === 'event')).toEqual(rest);
    await Promise.all([socket.close(), again.close()]);
  });

  it('answers a cursor from the future and an unknown one with a gap and a snapshot', async () => {
    const runner = await openSocket(host.url, 'gap');
    await runner.command('subscription.subscribe', { channels: ['lifecycle'] });
    await runner.command('run.start', start);
    const end = await runner.find(isTerminal);
    const last = Number(end.seq);
    const since = await openSocket(host.url, 'gap');
    await since.command('subscription.subscribe', { channels: ['values'], since: last + 7 });
    await since.find((frame) => frame.method === 'values');
    const unknown = await openSocket(host.url, 'gap');
    const reply = await unknown.command('subscription.reconnect', { last_event_id: 'never-was' });
    await unknown.find((frame) => frame.method === 'values');
    const shape = (frames: readonly Frame[]) =>
      frames
        .filter(({ type }) => type === 'event')
        .map(({ method, params }) => (method === 'gap' ? params?.data : method));
    expect(shape(since.frames)).toEqual([{ from: last + 1, to: last + 7 }, 'values']);
    expect(shape(unknown.frames)).toEqual([{ from: 1, to: last }, 'values']);
    expect(reply.result).toMatchObject({ restored: false });
    await Promise.all([runner.close(), since.close(), unknown.close()]);
  });

  it('keeps twenty messages sent at once over several sockets, one turn each', async () => {
    const sockets = await Promise.all(Array.from({ length: 4 }, () => openSocket(host.url, 'crowd')));
    const contents = Array.from(
      { length: 20 },
      (_, index) => `Question ${index}: the VPN certificate expired`,
    );
    const replies = await Promise.all(
      contents.map((content, index) =>
        sockets[index % 4]?.command('run.start', { assistant_id: 'support', input: input(content) }),
      ),
    );
    const local = { id: 'local', tenant: 'default', groups: [], role: 'operator' } as const;
    await Promise.all(replies.map((reply) => host.runtime.runs.join(String(reply?.result?.run_id), local)));
    const { values } = await host.runtime.threads.state('crowd', local);
    const asked = z
      .object({ messages: z.array(z.object({ type: z.string(), content: z.string() })) })
      .parse(values);
    expect(
      asked.messages
        .filter(({ type }) => type === 'human')
        .map(({ content }) => content)
        .sort(),
    ).toEqual([...contents].sort());
    await Promise.all(sockets.map((socket) => socket.close()));
  });

  it('serves the state, its checkpoints, the agent tree, a fork and further input', async () => {
    const socket = await openSocket(host.url, 'states');
    await socket.command('subscription.subscribe', { channels: ['lifecycle'] });
    const { result } = await socket.command('run.start', start);
    await socket.find(isTerminal);
    const state = await socket.command('state.get', { namespace: [], keys: ['messages'] });
    const turns = await socket.command('state.listCheckpoints', { limit: 5 });
    const tree = await socket.command('agent.getTree', { run_id: result?.run_id });
    const [turn] = z
      .object({ checkpoints: z.array(z.object({ id: z.string() })).min(1) })
      .parse(turns.result).checkpoints;
    const fork = await socket.command('state.fork', {
      checkpoint_id: turn?.id,
      input: input('And for a Mac?'),
    });
    const inject = await socket.command('input.inject', {
      namespace: [],
      message: { role: 'user', content: 'It is urgent.' },
    });
    expect(Object.keys(Object(state.result?.values))).toEqual(['messages']);
    expect(tree.result).toMatchObject({
      tree: { namespace: [], status: 'completed', graph_name: 'support' },
    });
    expect(JSON.stringify(tree.result)).toMatch(/triage.*retriever|retriever.*triage/);
    expect([fork.type, inject.type]).toEqual(['success', 'success']);
    await socket.close();
  });

  it('cancels a run with a receipt, twice the same', async () => {
    const socket = await openSocket(host.url, 'cancelled');
    const { result } = await socket.command('run.start', start);
    const first = await socket.command('run.cancel', { run_id: result?.run_id });
    const second = await socket.command('run.cancel', { run_id: result?.run_id });
    expect(first.result).toMatchObject({
      id: result?.run_id,
      stopped: expect.any(Array),
      effects: expect.any(Array),
    });
    expect(second.result).toEqual(first.result);
    await socket.close();
  });

  it('drops what only the engine may settle and keeps a client from a foreign run', async () => {
    const socket = await openSocket(host.url, 'settled');
    const { result } = await socket.command('run.start', {
      ...start,
      config: {
        recursionLimit: 1,
        configurable: { thread_id: 'elsewhere', tenant: 'other', depth: 'classify' },
      },
      metadata: { tenant: 'other', colour: 'blue' },
    });
    const other = await openSocket(host.url, 'other-thread');
    const foreign = await other.command('run.cancel', { run_id: result?.run_id });
    const run = await host.runtime.runs.get(String(result?.run_id), {
      id: 'local',
      tenant: 'default',
      groups: [],
      role: 'operator',
    });
    expect(run.threadId).toBe('settled');
    expect(run.metadata).toEqual({ colour: 'blue' });
    expect(foreign).toMatchObject({ type: 'error', error: 'no_such_run', code: 'RUN_NOT_FOUND' });
    await Promise.all([socket.close(), other.close()]);
  });
});
