import type { LedgerRun } from '../storage/ledger.js';
import type { ActiveRun, Executor } from './executor.js';

/** Runs at work at the same time; more wait in order. */
const MAX_ACTIVE = 32;

interface ThreadQueue {
  readonly waiting: LedgerRun[];
  active: ActiveRun | null;
}

const threadOf = ({ tenant, threadId }: LedgerRun) => `${tenant}\n${threadId}`;

/**
 * Gives runs their turn: one writer a thread in the order of acceptance, tenants in rotation, at most
 * {@link MAX_ACTIVE} at once. Exclusive work on a thread, such as an edit of its state, takes a turn too.
 */
export function createScheduler(execute: Executor) {
  const threads = new Map<string, ThreadQueue>();
  /** Threads that could begin a run, by tenant; the first tenant is served next. */
  const ready = new Map<string, Set<string>>();
  const joins = new Map<string, PromiseWithResolvers<void>>();
  let active = 0;
  let queued = 0;
  let stopped = false;

  const queueOf = (id: string) => {
    let queue = threads.get(id);
    if (!queue) {
      queue = { waiting: [], active: null };
      threads.set(id, queue);
    }
    return queue;
  };

  const makeReady = (tenant: string, id: string) => {
    const waiting = ready.get(tenant) ?? new Set();
    ready.set(tenant, waiting.add(id));
  };

  const next = (): LedgerRun | undefined => {
    const [tenant, ids] = ready.entries().next().value ?? [];
    if (tenant === undefined || !ids) return undefined;
    const id = ids.values().next().value ?? '';
    ids.delete(id);
    ready.delete(tenant);
    if (ids.size > 0) ready.set(tenant, ids);
    return threads.get(id)?.waiting.shift();
  };

  const pump = () => {
    while (!stopped && active < MAX_ACTIVE) {
      const run = next();
      if (!run) return;
      queued -= 1;
      begin(run);
    }
  };

  const begin = (run: LedgerRun) => {
    const id = threadOf(run);
    const queue = queueOf(id);
    active += 1;
    queue.active = execute(run);
    void queue.active.ended.finally(() => {
      active -= 1;
      queue.active = null;
      joins.get(run.runId)?.resolve();
      joins.delete(run.runId);
      if (queue.waiting.length > 0) makeReady(run.tenant, id);
      else threads.delete(id);
      pump();
    });
  };

  const joined = (runId: string) => {
    let join = joins.get(runId);
    if (!join) {
      join = Promise.withResolvers();
      joins.set(runId, join);
    }
    return join.promise;
  };

  /** The run if it waits or works here. */
  const find = (runId: string, tenant: string, threadId: string) => {
    const queue = threads.get(`${tenant}\n${threadId}`);
    if (queue?.active?.run.runId === runId) return { active: queue.active };
    const waiting = queue?.waiting.find((run) => run.runId === runId);
    return waiting && { waiting };
  };

  return {
    find,
    submit(run: LedgerRun) {
      const id = threadOf(run);
      const queue = queueOf(id);
      queue.waiting.push(run);
      queued += 1;
      if (!queue.active) makeReady(run.tenant, id);
      pump();
    },
    /** Takes a waiting run out of its queue; the caller closes it. */
    withdraw(run: LedgerRun) {
      const queue = threads.get(threadOf(run));
      const index = queue?.waiting.indexOf(run) ?? -1;
      if (!queue || index < 0) return false;
      queue.waiting.splice(index, 1);
      queued -= 1;
      if (queue.waiting.length === 0) ready.get(run.tenant)?.delete(threadOf(run));
      joins.get(run.runId)?.resolve();
      joins.delete(run.runId);
      return true;
    },
    /** Resolves when the run no longer waits or works here. */
    settled: (runId: string, tenant: string, threadId: string) =>
      find(runId, tenant, threadId) ? joined(runId) : Promise.resolve(),
    isBusy: (tenant: string, threadId: string) => threads.has(`${tenant}\n${threadId}`),
    counts: () => ({ active, queued }),
    /** Begins nothing more; runs at work may end until `ms` have passed, then they are left for the next start. */
    async stop(ms: number) {
      stopped = true;
      const working = [...threads.values()].flatMap((queue) => queue.active ?? []);
      const all = Promise.all(working.map(({ ended }) => ended));
      let timer: NodeJS.Timeout | undefined;
      const late = new Promise<void>((resolve) => {
        timer = setTimeout(resolve, ms);
      });
      await Promise.race([all, late]);
      clearTimeout(timer);
      for (const run of working) run.abandon();
      await all;
    },
  };
}

export type Scheduler = ReturnType<typeof createScheduler>;
