import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { RemoteGraph } from '@langchain/langgraph/remote';
import { Client } from '@langchain/langgraph-sdk';
import { z } from 'zod';
import { startHost, type TestHost } from './host-fixture.js';

const input = { messages: [{ role: 'user', content: 'Our VPN certificate expired, what now?' }] };
const valuesSchema = z.looseObject({
  messages: z.array(z.looseObject({ type: z.string(), content: z.string() })),
});
const answerOf = (values: unknown) => valuesSchema.parse(values).messages.at(-1)?.content;

describe("the REST beside the protocol, with LangGraph's own clients", () => {
  let host: TestHost;
  let client: Client;
  beforeAll(async () => {
    host = await startHost();
    client = new Client({ apiUrl: host.url });
  });
  afterAll(() => host.close());

  it('creates, finds, changes and removes threads', async () => {
    const made = await client.threads.create({ threadId: 'rest', metadata: { colour: 'blue' } });
    const again = await client.threads.create({ threadId: 'rest', ifExists: 'do_nothing' });
    const changed = await client.threads.update('rest', { metadata: { size: 'xl' } });
    const [found] = await client.threads.search({ metadata: { colour: 'blue' } });
    expect(made).toMatchObject({ thread_id: 'rest', status: 'idle', metadata: { colour: 'blue' } });
    expect(again.created_at).toBe(made.created_at);
    expect(changed.metadata).toMatchObject({ colour: 'blue', size: 'xl' });
    expect(found?.thread_id).toBe('rest');
    await client.threads.delete('rest');
    await expect(client.threads.get('rest')).rejects.toThrow(/404/);
  });

  it('refuses a second thread of the same id unless asked to let it be', async () => {
    await client.threads.create({ threadId: 'twice' });
    await expect(client.threads.create({ threadId: 'twice' })).rejects.toThrow(/409/);
  });

  it('runs, waits, joins, lists and shows history', async () => {
    const values = await client.runs.wait('waited', 'support', { input });
    const run = await client.runs.create('waited', 'support', {
      input: { messages: [{ role: 'user', content: 'And on a Mac?' }] },
    });
    await client.runs.join('waited', run.run_id);
    const runs = await client.runs.list('waited');
    const history = await client.threads.getHistory('waited');
    const first = await client.threads.getState(
      'waited',
      history.at(-1)?.checkpoint.checkpoint_id ?? undefined,
    );
    expect(answerOf(values)).toMatch(/\[1\]/);
    expect(runs.map(({ status }) => status)).toEqual(['success', 'success']);
    expect(runs[0]?.run_id).toBe(run.run_id);
    expect(history.length).toBeGreaterThanOrEqual(2);
    expect(valuesSchema.parse(first.values).messages.length).toBeLessThan(
      valuesSchema.parse(history[0]?.values).messages.length,
    );
  });

  it('forgets the thread of a run that was started without one', async () => {
    let threadId: string | undefined;
    const values = await client.runs.wait(null, 'support', {
      input,
      onRunCreated: (run) => {
        threadId = run.thread_id;
      },
    });
    expect(answerOf(values)).toMatch(/\[1\]/);
    await expect(client.threads.get(threadId ?? '')).rejects.toThrow(/404/);
  });

  it('streams in the modes that were asked for', async () => {
    let created: { run_id: string; thread_id?: string } | undefined;
    const stream = client.runs.stream('streamed', 'support', {
      input,
      streamMode: ['values', 'updates', 'messages', 'messages-tuple', 'custom'],
      onRunCreated: (run) => {
        created = run;
      },
    });
    const events: { event: string; data: unknown; id?: string | undefined }[] = [];
    for await (const event of stream) events.push(event);
    const kinds = new Set(events.map(({ event }) => event));
    const text = events
      .filter(({ event }) => event === 'messages')
      .map(({ data }) => z.tuple([z.object({ content: z.string() }), z.unknown()]).parse(data)[0].content)
      .join('');
    const final = answerOf(events.findLast(({ event }) => event === 'values')?.data);
    expect(events[0]).toMatchObject({ event: 'metadata', data: { run_id: created?.run_id } });
    expect(created?.thread_id).toBe('streamed');
    expect([...kinds].sort()).toEqual([
      'custom',
      'messages',
      'messages/complete',
      'messages/metadata',
      'messages/partial',
      'metadata',
      'updates',
      'values',
    ]);
    expect(text.endsWith(final ?? ' ')).toBe(true);
    expect(events.slice(1).every(({ id }) => id !== undefined)).toBe(true);

    const middle = events[Math.floor(events.length / 2)];
    const rest: unknown[] = [];
    const joined = client.runs.joinStream('streamed', created?.run_id ?? '', {
      lastEventId: middle?.id ?? '',
      streamMode: ['values', 'updates', 'custom'],
    });
    for await (const event of joined) if (event.event !== 'metadata') rest.push(event.id);
    const expected = events
      .filter(({ event, id }) => ['values', 'updates', 'custom'].includes(event) && id !== undefined)
      .map(({ id }) => id);
    expect(rest.length).toBeGreaterThan(0);
    expect(expected.slice(-rest.length)).toEqual(rest);
  });

  it('ends a joined stream of a run that ended long ago, from its start and after its last event', async () => {
    const run = await client.runs.create('ended', 'support', { input });
    await client.runs.join('ended', run.run_id);
    const ids: (string | undefined)[] = [];
    for await (const event of client.runs.joinStream('ended', run.run_id)) ids.push(event.id);
    const last = await host.runtime.events.lastSeq('ended', {
      id: 'local',
      tenant: 'default',
      groups: [],
      role: 'operator',
    });
    const none: string[] = [];
    for await (const event of client.runs.joinStream('ended', run.run_id, {
      lastEventId: `${run.run_id}:${last}`,
    }))
      none.push(event.event);
    expect(ids.length).toBeGreaterThan(2);
    expect(none).toEqual(['metadata']);
  });

  it('is a node of another graph through RemoteGraph', async () => {
    const remote = new RemoteGraph({ graphId: 'support', url: host.url });
    const config = { configurable: { thread_id: 'remote' } };
    const values: unknown = await remote.invoke(input, config);
    const modes = new Set<unknown>();
    for await (const [mode] of await remote.stream(input, {
      ...config,
      streamMode: ['values', 'updates', 'messages'],
    }))
      modes.add(mode);
    const state = await remote.getState(config);
    const drawing = await remote.getGraphAsync();
    expect(answerOf(values)).toMatch(/\[1\]/);
    expect([...modes].sort()).toEqual(['messages', 'updates', 'values']);
    expect(valuesSchema.parse(state.values).messages.length).toBeGreaterThanOrEqual(4);
    expect(Object.keys(drawing.nodes)).toEqual(expect.arrayContaining(['triage', 'critic']));
  });

  it('knows one assistant and refuses others', async () => {
    const [found] = await client.assistants.search();
    const schemas = await client.assistants.getSchemas('support');
    expect(found?.assistant_id).toBe('support');
    expect(JSON.stringify(schemas.input_schema)).toMatch(/"messages"/);
    await expect(client.assistants.get('oracle')).rejects.toThrow(/404/);
    await expect(client.runs.wait('x', 'oracle', { input })).rejects.toThrow(/404/);
  });

  it('cancels a run', async () => {
    const run = await client.runs.create('stopped', 'support', { input });
    await client.runs.cancel('stopped', run.run_id, true);
    const after = await client.runs.get('stopped', run.run_id);
    expect(['interrupted', 'success']).toContain(after.status);
  });
});
