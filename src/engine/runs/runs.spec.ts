import { mkdtempSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { fault } from '../../../agents/contracts/index.js';
import { streamMessage } from '../../../agents/transcript.js';
import type { LoggedEvent } from '../runtime.contract.js';
import { ANNA, BEN, type Engine, echo, engineOn, type Node } from './runs.fixture.js';

describe('durable runs', () => {
  let dir: string;
  let engine: Engine;
  beforeEach(async () => {
    dir = mkdtempSync(join(tmpdir(), 'triagent-runs-'));
    engine = await engineOn(dir, echo);
  });
  afterEach(async () => {
    await engine.scheduler.stop(5_000);
    await engine.database.close();
    rmSync(dir, { recursive: true, force: true });
  });

  const eventsOf = async (threadId: string, since = 0) => {
    const events: LoggedEvent[] = [];
    const last = await engine.log.lastSeq({ tenant: 'default', threadId });
    const complete = Promise.withResolvers<void>();
    const feed = await engine.log.follow({ tenant: 'default', threadId }, since, (batch) => {
      events.push(...batch);
      if ((batch.at(-1)?.seq ?? 0) >= last) complete.resolve();
    });
    if (last > since) await complete.promise;
    feed.close();
    return events;
  };

  it('runs a question to its end and tells the story without holes', async () => {
    const { runId } = await engine.ask('t1', 'hello there');
    const record = await engine.runs.join(runId, ANNA);
    expect(engine.warnings).toEqual([]);
    expect(record).toMatchObject({ status: 'success', outcome: 'completed', error: null });
    const events = await eventsOf('t1');
    expect(events.map(({ seq }) => seq)).toEqual(events.map((_, index) => index + 1));
    const frames = events.map(({ json }) => JSON.parse(json));
    expect(
      frames.filter(({ method }) => method === 'lifecycle').map(({ params }) => params.data.event),
    ).toEqual(['running', 'completed']);
    const deltas = frames.flatMap(({ params }) => params.data.delta?.text ?? []).join('');
    const { values } = await engine.threads.state('t1', ANNA);
    expect(values.messages).toEqual([
      { id: 't1-hello there', type: 'human', content: 'hello there' },
      { id: `msg_${runId}_0_1`, type: 'ai', content: deltas },
    ]);
    expect(frames.findLast(({ method }) => method === 'values').params.data).toEqual(values);
  });

  it('keeps twenty messages that arrive at once, in order of acceptance', async () => {
    const handles = await Promise.all(
      Array.from({ length: 20 }, (_, index) => engine.ask('t2', `message ${index}`)),
    );
    const records = await Promise.all(handles.map(({ runId }) => engine.runs.join(runId, ANNA)));
    expect(records.every(({ status }) => status === 'success')).toBe(true);
    const { values } = await engine.threads.state('t2', ANNA);
    const human = (values.messages as { type: string; content: string }[]).filter(
      ({ type }) => type === 'human',
    );
    expect(human.map(({ content }) => content)).toEqual(
      Array.from({ length: 20 }, (_, index) => `message ${index}`),
    );
    const events = await eventsOf('t2');
    expect(events.map(({ seq }) => seq)).toEqual(events.map((_, index) => index + 1));
  });

  it('gives a follower that joins anywhere the rest exactly once, in the same bytes', async () => {
    await engine.runs.join((await engine.ask('t3', 'one')).runId, ANNA);
    const live: LoggedEvent[] = [];
    const feed = await engine.log.follow({ tenant: 'default', threadId: 't3' }, 0, (batch) =>
      live.push(...batch),
    );
    await engine.runs.join((await engine.ask('t3', 'two')).runId, ANNA);
    const all = await eventsOf('t3');
    expect(live.map(({ json }) => json)).toEqual(all.map(({ json }) => json));
    feed.close();
    engine.log.forget({ tenant: 'default', threadId: 't3' });
    for (const since of [0, 3, Math.floor(all.length / 2), all.length - 1])
      expect((await eventsOf('t3', since)).map(({ json }) => json)).toEqual(
        all.slice(since).map(({ json }) => json),
      );
  });

  it('says where a cursor does not reach', async () => {
    await engine.runs.join((await engine.ask('t4', 'one')).runId, ANNA);
    const last = await engine.log.lastSeq({ tenant: 'default', threadId: 't4' });
    const feed = await engine.log.follow({ tenant: 'default', threadId: 't4' }, last + 5, () => undefined);
    expect(feed.gap).toEqual({ from: last + 1, to: last + 5 });
    feed.close();
  });

  it('gives one run for one idempotency key and refuses another body', async () => {
    const request = { messages: [{ id: 'm', type: 'human' as const, content: 'again?' }] };
    const starts = await Promise.all(
      [1, 2, 3].map(() => engine.runs.start({ threadId: 't5', request, idempotencyKey: 'k' }, ANNA)),
    );
    expect(new Set(starts.map(({ runId }) => runId)).size).toBe(1);
    const other = { messages: [{ id: 'm', type: 'human' as const, content: 'other' }] };
    await expect(
      engine.runs.start({ threadId: 't5', request: other, idempotencyKey: 'k' }, ANNA),
    ).rejects.toMatchObject({
      code: 'IDEMPOTENCY_MISMATCH',
    });
    const foreign = await engine.runs.start({ threadId: 't5', request, idempotencyKey: 'k' }, BEN);
    expect(foreign.runId).not.toBe(starts[0]?.runId);
  });

  it('shows nothing of one tenant to another', async () => {
    const { runId } = await engine.ask('t6', 'secret');
    await engine.runs.join(runId, ANNA);
    await expect(engine.runs.get(runId, BEN)).rejects.toMatchObject({ code: 'RUN_NOT_FOUND' });
    await expect(engine.threads.get('t6', BEN)).rejects.toMatchObject({ code: 'THREAD_NOT_FOUND' });
    await expect(engine.runs.cancel(runId, BEN)).rejects.toMatchObject({ code: 'RUN_NOT_FOUND' });
    expect(await engine.threads.search({ limit: 10, offset: 0 }, BEN)).toEqual([]);
  });

  it('keeps a thread of 300 turns under 5 MiB and leaves nothing of finished runs behind', async () => {
    const text = 'The certificate of the VPN has expired and I need it for a call at noon. '.repeat(4);
    for (let turn = 0; turn < 300; turn += 1)
      await engine.runs.join((await engine.ask('t7', `${turn} ${text}`)).runId, ANNA);
    const [{ bytes } = { bytes: 0 }] = await engine.database.read(
      'SELECT page_count * page_size AS bytes FROM pragma_page_count, pragma_page_size',
    );
    expect(Number(bytes)).toBeLessThan(5 * 1024 * 1024);
    expect(statSync(join(dir, 'triagent.sqlite')).size).toBeLessThan(5 * 1024 * 1024);
    const [{ left } = { left: -1 }] = await engine.database.read(
      'SELECT (SELECT count(*) FROM checkpoint_values) + (SELECT count(*) FROM journal) AS left',
    );
    expect(left).toBe(0);
  });

  it('finds threads by metadata of any shape and by status', async () => {
    const metadata = { 'odd " key': 'a', count: 2, on: true, none: null, list: [1, { b: 2 }] };
    await engine.threads.create({ threadId: 'found', metadata }, ANNA);
    await engine.threads.create({ threadId: 'other', metadata: { count: 3 } }, ANNA);
    const ids = async (query: Record<string, unknown>, status?: string) =>
      (
        await engine.threads.search(
          { metadata: query, limit: 10, offset: 0, ...(status && { status }) },
          ANNA,
        )
      ).map(({ threadId }) => threadId);
    for (const [key, value] of Object.entries(metadata))
      expect(await ids({ [key]: value })).toEqual(['found']);
    expect(await ids({ count: 2, on: false })).toEqual([]);
    expect((await ids({}, 'idle')).sort()).toEqual(['found', 'other']);
    expect(await ids({}, 'busy')).toEqual([]);
  });

  it('forks a thread from an earlier turn', async () => {
    await engine.runs.join((await engine.ask('t8', 'one')).runId, ANNA);
    const first = await engine.threads.state('t8', ANNA);
    await engine.runs.join((await engine.ask('t8', 'two')).runId, ANNA);
    await engine.threads.update('t8', { values: {}, checkpointId: first.checkpointId ?? '' }, ANNA);
    await engine.runs.join((await engine.ask('t8', 'three')).runId, ANNA);
    const { values } = await engine.threads.state('t8', ANNA);
    const human = (values.messages as { type: string; content: string }[]).filter(
      ({ type }) => type === 'human',
    );
    expect(human.map(({ content }) => content)).toEqual(['one', 'three']);
    expect((await engine.threads.history('t8', { limit: 10 }, ANNA)).map(({ source }) => source)).toEqual([
      'loop',
      'fork',
      'loop',
      'loop',
    ]);
  });
});

describe('a run that does not end by itself', () => {
  let dir: string;
  beforeEach(() => {
    dir = mkdtempSync(join(tmpdir(), 'triagent-runs-'));
  });
  afterEach(() => rmSync(dir, { recursive: true, force: true }));

  const untilAborted: Node = (_, run) =>
    new Promise((_resolve, reject) => {
      run.emit({
        channel: 'custom',
        name: 'progress',
        payload: { agent: 'resolver', stage: 'started', text: 'waiting' },
      });
      run.signal.addEventListener('abort', () => reject(run.signal.reason), { once: true });
    });

  const begun = async (engine: Engine, threadId: string) => {
    const seen = Promise.withResolvers<void>();
    const feed = await engine.log.follow({ tenant: 'default', threadId }, 0, (events) => {
      if (events.some(({ name }) => name === 'progress')) seen.resolve();
    });
    await seen.promise;
    feed.close();
  };

  it('is cancelled with a receipt that stays the same', async () => {
    const engine = await engineOn(dir, untilAborted);
    const { runId } = await engine.ask('t1', 'hang');
    const waiting = await engine.ask('t1', 'wait');
    await begun(engine, 't1');
    const receipt = await engine.runs.cancel(runId, ANNA);
    expect(receipt).toMatchObject({ id: runId, status: 'cancelled', stopped: ['resolver'], effects: [] });
    expect(await engine.runs.cancel(runId, ANNA)).toEqual(receipt);
    expect(await engine.runs.get(runId, ANNA)).toMatchObject({ status: 'interrupted', outcome: 'cancelled' });
    await engine.runs.cancel(waiting.runId, ANNA);
    expect(await engine.runs.get(waiting.runId, ANNA)).toMatchObject({ outcome: 'cancelled' });
    await engine.scheduler.stop(1_000);
    await engine.database.close();
  });

  it('ends at its deadline', async () => {
    const engine = await engineOn(dir, untilAborted);
    const { runId } = await engine.runs.start(
      { request: { messages: [{ id: 'm', type: 'human', content: 'hang' }], options: { deadlineMs: 50 } } },
      ANNA,
    );
    expect(await engine.runs.join(runId, ANNA)).toMatchObject({
      status: 'timeout',
      error: { code: 'RUN_DEADLINE' },
    });
    await engine.scheduler.stop(1_000);
    await engine.database.close();
  });

  it('fails with the code of its failure', async () => {
    const engine = await engineOn(dir, () => Promise.reject(fault('MODEL_FAILED', { detail: 'no luck' })));
    const { runId } = await engine.ask('t1', 'fail');
    expect(await engine.runs.join(runId, ANNA)).toMatchObject({
      status: 'error',
      outcome: 'failed',
      error: { code: 'MODEL_FAILED', detail: 'no luck' },
    });
    await engine.scheduler.stop(1_000);
    await engine.database.close();
  });

  it('is left at a shutdown and resumed at the next start with what it saw', async () => {
    const calls: string[] = [];
    const node =
      (wait: boolean): Node =>
      async (state, run) => {
        const said = await run.effects.once(
          { kind: 'model', agent: 'resolver', visit: 0, request: 'q' },
          () => {
            calls.push('model');
            return Promise.resolve('recorded');
          },
        );
        const message = streamMessage(run, 'resolver', `msg_${run.runId}_0_${run.attempt}`);
        message.line(said);
        if (wait) return untilAborted(state, run);
        const told = message.finish();
        return { messages: told ? [told] : [] };
      };
    const first = await engineOn(dir, node(true));
    const { runId } = await first.ask('t1', 'hello');
    await begun(first, 't1');
    await first.scheduler.stop(0);
    await first.database.close();

    const second = await engineOn(dir, node(false));
    expect(await second.recover()).toBe(1);
    expect(await second.runs.join(runId, ANNA)).toMatchObject({ status: 'success' });
    expect(calls).toEqual(['model']);
    const { values } = await second.threads.state('t1', ANNA);
    expect(values.messages).toEqual([
      { id: 't1-hello', type: 'human', content: 'hello' },
      { id: `msg_${runId}_0_2`, type: 'ai', content: 'recorded' },
    ]);
    const entries = await second.log.ofRun({ tenant: 'default', threadId: 't1' }, runId);
    expect(entries.map(({ seq }) => seq)).toEqual(entries.map((_, index) => index + 1));
    await second.scheduler.stop(1_000);
    await second.database.close();
  });

  it.each([
    ['stalled = 5', 'RUN_POISONED'],
    ["graph = 'older@1'", 'GRAPH_VERSION_MISMATCH'],
  ])('is closed with a reason where it may not be resumed (%s)', async (change, code) => {
    const first = await engineOn(dir, untilAborted);
    const { runId } = await first.ask('t1', 'hello');
    const waiting = await first.ask('t1', 'and then?');
    await begun(first, 't1');
    await first.scheduler.stop(0);
    await first.database.commit([{ sql: `UPDATE runs SET ${change} WHERE run_id = ?`, params: [runId] }]);
    await first.database.close();

    const second = await engineOn(dir, echo);
    await second.recover();
    expect(await second.runs.join(runId, ANNA)).toMatchObject({ outcome: 'failed', error: { code } });
    expect(await second.runs.join(waiting.runId, ANNA)).toMatchObject({ outcome: 'completed' });
    const entries = await second.log.ofRun({ tenant: 'default', threadId: 't1' }, runId);
    const ends = entries.filter(({ frame }) => typeof frame === 'string' && frame.includes('"failed"'));
    expect(ends).toHaveLength(1);
    await second.scheduler.stop(1_000);
    await second.database.close();
  });

  it('acknowledges nothing that a full disk cannot keep, and ends what it acknowledged', async () => {
    const small = await engineOn(dir, echo, 400 * 1024);
    const long = 'The certificate of the VPN has expired. '.repeat(200);
    const accepted: string[] = [];
    let refusal: unknown;
    for (let turn = 0; refusal === undefined; turn += 1)
      await small.ask(`t${turn}`, `${turn} ${long}`).then(
        ({ runId }) => accepted.push(runId),
        (error: unknown) => {
          refusal = error;
        },
      );
    expect(refusal).toMatchObject({ code: 'STORE_FULL', kept: 'Nothing was changed.' });
    await small.scheduler.stop(0);
    await small.database.close();

    const roomy = await engineOn(dir, echo);
    await roomy.recover();
    const records = await Promise.all(accepted.map((runId) => roomy.runs.join(runId, ANNA)));
    expect(records.every(({ outcome }) => outcome !== null)).toBe(true);
    expect(await roomy.threads.search({ limit: 200, offset: 0 }, ANNA)).toHaveLength(accepted.length);
    for (let turn = 0; turn < accepted.length; turn += 1) {
      const entries = await roomy.log.ofRun(
        { tenant: 'default', threadId: `t${turn}` },
        accepted[turn] ?? '',
      );
      expect(entries.map(({ seq }) => seq)).toEqual(entries.map((_, index) => index + 1));
    }
    await roomy.scheduler.stop(1_000);
    await roomy.database.close();
  });
});
