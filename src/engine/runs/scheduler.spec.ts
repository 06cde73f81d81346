import { describe, expect, it } from '@jest/globals';
import type { LedgerRun } from '../storage/ledger.js';
import type { ActiveRun, QueuedRun } from './executor.js';
import { createScheduler } from './scheduler.js';

const run: LedgerRun = {
  number: 0,
  runId: 'r',
  tenant: 't',
  threadId: 'r',
  status: 'pending',
  outcome: null,
  principal: { id: 'p', tenant: 't', groups: [], role: 'user' },
  request: { messages: [] },
  graph: 'test@1',
  attempts: 0,
  stalled: 0,
  bodyHash: null,
  manifest: null,
  usage: null,
  error: null,
  receipt: null,
  acceptedAt: 0,
  startedAt: null,
  endedAt: null,
};

/** Runs that end when they are told to. */
const byHand = (limits: { maxActive: number; maxQueued?: number }) => {
  const begun: QueuedRun[] = [];
  const ends = new Map<string, () => void>();
  const scheduler = createScheduler((queued): ActiveRun => {
    begun.push(queued);
    const { promise, resolve } = Promise.withResolvers<void>();
    ends.set(queued.runId, resolve);
    return { runId: queued.runId, ended: promise, cancel: () => Promise.resolve(), abandon: resolve };
  }, limits);
  const submit = (tenant: string, runId: string, threadId = runId) =>
    scheduler.submit({ tenant, runId, threadId });
  const end = async (runId: string) => {
    const settled = scheduler.settled(runId, 't', runId);
    ends.get(runId)?.();
    await settled;
    await new Promise((resolve) => setImmediate(resolve));
  };
  return { scheduler, begun, submit, end, names: () => begun.map(({ runId }) => runId) };
};

describe('the scheduler', () => {
  it('serves tenants in turn, each in its own order, however much one of them brings', async () => {
    const { submit, end, begun, names } = byHand({ maxActive: 1 });
    for (let index = 0; index < 50; index += 1) submit('many', `m${index}`);
    submit('few', 'f0');
    submit('few', 'f1');
    while (begun.length < 52) await end(begun.at(-1)?.runId ?? '');
    expect(names().slice(0, 5)).toEqual(['m0', 'm1', 'f0', 'm2', 'f1']);
    expect(names().filter((name) => name.startsWith('m'))).toEqual(
      Array.from({ length: 50 }, (_, index) => `m${index}`),
    );
  });

  it('answers what is asked now between the turns of a batch, also of the same tenant and thread', async () => {
    const { scheduler, submit, end, begun, names } = byHand({ maxActive: 1 });
    const wait = (runId: string, threadId = runId) =>
      scheduler.submit({ tenant: 't', runId, threadId, patient: true });
    for (let index = 0; index < 20; index += 1) wait(`b${index}`);
    wait('b20', 'shared');
    submit('t', 'chat');
    submit('t', 'after', 'shared');
    while (begun.length < 23) await end(begun.at(-1)?.runId ?? '');
    expect(names().slice(0, 4)).toEqual(['b0', 'b1', 'chat', 'b2']);
    expect(names().slice(-2)).toEqual(['b20', 'after']);
  });

  it('leaves room for whoever comes later', () => {
    const { scheduler, submit } = byHand({ maxActive: 1, maxQueued: 12 });
    let taken = 0;
    submit('first', 'active');
    for (; scheduler.hasRoom('first'); taken += 1) submit('first', `a${taken}`);
    expect({ taken, other: scheduler.hasRoom('second') }).toEqual({ taken: 6, other: true });
    submit('second', 'b0');
    expect([scheduler.hasRoom('first'), scheduler.hasRoom('second')]).toEqual([false, true]);
  });

  it('gives places to those who wait for them, in their order, and none to those who left', async () => {
    const { scheduler, submit, end } = byHand({ maxActive: 1, maxQueued: 2 });
    submit('t', 'r0');
    submit('t', 'r1');
    const told: string[] = [];
    const gone = new AbortController();
    const seek = (name: string, signal: AbortSignal) =>
      scheduler.room('t', signal).then(
        () => {
          told.push(name);
          submit('t', name);
        },
        () => told.push(`${name} left`),
      );
    const seekers = [seek('x', gone.signal), seek('y', new AbortController().signal)];
    const last = seek('z', new AbortController().signal);
    gone.abort();
    await end('r0');
    await Promise.all(seekers);
    expect(told).toEqual(['x left', 'y']);
    await scheduler.stop(0);
    await last;
    expect(told).toEqual(['x left', 'y', 'z left']);
  });

  it('holds the requests of the first only, the names of all', async () => {
    const { scheduler, begun, end } = byHand({ maxActive: 1 });
    for (let index = 0; index < 1_000; index += 1)
      scheduler.submit({ tenant: 't', runId: `r${index}`, threadId: `r${index}`, run });
    for (let index = 0; index < 1_000; index += 1) await end(`r${index}`);
    const held = begun.filter((queued) => queued.run !== undefined);
    expect(begun).toHaveLength(1_000);
    expect(held.length).toBeLessThan(100);
    expect(begun[0]?.run).toBe(run);
  });

  it('forgets a thread whose only run was taken back', () => {
    const { scheduler, submit } = byHand({ maxActive: 1 });
    submit('t', 'r0');
    submit('t', 'r1');
    const waiting = scheduler.find('r1', 't', 'r1')?.waiting;
    expect(waiting && scheduler.withdraw(waiting)).toBe(true);
    expect(scheduler.isBusy('t', 'r1')).toBe(false);
    expect(scheduler.counts()).toEqual({ active: 1, queued: 0 });
  });
});
