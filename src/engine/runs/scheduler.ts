import { fault } from '../../../agents/contracts/index.js';
import type { ActiveRun, QueuedRun } from './executor.js';

/** Runs at work at the same time; more wait in order. */
const MAX_ACTIVE = 32;
/** Runs that may wait in this process; beyond, a client is told to come back. */
const MAX_QUEUED = 20_000;
/** Waiting runs whose request stays in memory, so that short queues cost no reads. */
const HELD_REQUESTS = 64;

interface ThreadQueue {
  readonly waiting: QueuedRun[];
  active: ActiveRun | null;
}

interface RoomSeeker extends PromiseWithResolvers<void> {
  readonly tenant: string;
}

const threadOf = ({ tenant, threadId }: QueuedRun) => `${tenant}\n${threadId}`;
/** Runs of one lane take turns with those of the others: each tenant has one for what is asked now and one for batches. */
const laneOf = ({ tenant, patient }: QueuedRun) => `${tenant}\n${patient ? 'batch' : 'now'}`;

/**
 * Gives runs their turn: one writer a thread in the order of acceptance, lanes in rotation, at most
 * {@link MAX_ACTIVE} at once. Exclusive work on a thread, such as an edit of its state, takes a turn too.
 */
export function createScheduler(
  execute: (queued: QueuedRun) => ActiveRun,
  { maxActive = MAX_ACTIVE, maxQueued = MAX_QUEUED } = {},
) {
  const threads = new Map<string, ThreadQueue>();
  /** Threads that could begin a run, by lane; the first lane is served next. */
  const ready = new Map<string, Set<string>>();
  const joins = new Map<string, PromiseWithResolvers<void>>();
  const seekers = new Set<RoomSeeker>();
  const queuedOf = new Map<string, number>();
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

  const makeReady = (run: QueuedRun) => {
    const lane = laneOf(run);
    const waiting = ready.get(lane) ?? new Set();
    ready.set(lane, waiting.add(threadOf(run)));
  };

  const leaveLane = (run: QueuedRun) => {
    const ids = ready.get(laneOf(run));
    ids?.delete(threadOf(run));
    if (ids?.size === 0) ready.delete(laneOf(run));
  };

  const count = (tenant: string, change: 1 | -1) => {
    const now = (queuedOf.get(tenant) ?? 0) + change;
    if (now > 0) queuedOf.set(tenant, now);
    else queuedOf.delete(tenant);
    queued += change;
  };

  /**
   * A tenant may hold as many places as are still free (dynamic thresholds, Choudhury and Hahne 1998): one alone gets
   * half of the queue, and whoever comes later always finds room.
   */
  const hasRoom = (tenant: string) => (queuedOf.get(tenant) ?? 0) < maxQueued - queued;

  /** A place was left: the first who waits for one and may have it is told. */
  const leavePlace = (tenant: string) => {
    count(tenant, -1);
    for (const seeker of seekers) {
      if (!hasRoom(seeker.tenant)) continue;
      seekers.delete(seeker);
      return seeker.resolve();
    }
  };

  const next = (): QueuedRun | undefined => {
    const [lane, ids] = ready.entries().next().value ?? [];
    if (lane === undefined || !ids) return undefined;
    const id = ids.values().next().value ?? '';
    ids.delete(id);
    ready.delete(lane);
    if (ids.size > 0) ready.set(lane, ids);
    return threads.get(id)?.waiting.shift();
  };

  const pump = () => {
    while (!stopped && active < maxActive) {
      const run = next();
      if (!run) return;
      leavePlace(run.tenant);
      begin(run);
    }
  };

  const settle = (runId: string) => {
    joins.get(runId)?.resolve();
    joins.delete(runId);
  };

  const begin = (run: QueuedRun) => {
    const id = threadOf(run);
    const queue = queueOf(id);
    active += 1;
    queue.active = execute(run);
    void queue.active.ended.finally(() => {
      active -= 1;
      queue.active = null;
      settle(run.runId);
      const [following] = queue.waiting;
      if (following) makeReady(following);
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
    if (queue?.active?.runId === runId) return { active: queue.active };
    const waiting = queue?.waiting.find((run) => run.runId === runId);
    return waiting && { waiting };
  };

  return {
    find,
    hasRoom,
    /**
     * Resolves when the tenant's turn for a place has come; those who wait get theirs in order.
     * @throws the signal's reason, or `DRAINING`
     */
    async room(tenant: string, signal: AbortSignal): Promise<void> {
      signal.throwIfAborted();
      if (stopped) throw fault('DRAINING', { retryAfterSeconds: 5 });
      if (hasRoom(tenant)) return;
      const seeker: RoomSeeker = { tenant, ...Promise.withResolvers<void>() };
      const giveUp = () => seeker.reject(signal.reason);
      seekers.add(seeker);
      signal.addEventListener('abort', giveUp, { once: true });
      try {
        await seeker.promise;
      } finally {
        seekers.delete(seeker);
        signal.removeEventListener('abort', giveUp);
      }
    },
    submit({ run, ...named }: QueuedRun) {
      const id = threadOf(named);
      const queue = queueOf(id);
      queue.waiting.push(run && queued < HELD_REQUESTS ? { ...named, run } : named);
      count(named.tenant, 1);
      if (!queue.active && queue.waiting.length === 1) makeReady(named);
      pump();
    },
    /** Takes a waiting run out of its queue; the caller closes it. */
    withdraw(run: QueuedRun) {
      const id = threadOf(run);
      const queue = threads.get(id);
      const index = queue?.waiting.indexOf(run) ?? -1;
      if (!queue || index < 0) return false;
      queue.waiting.splice(index, 1);
      if (index === 0) leaveLane(run);
      const [following] = queue.waiting;
      if (!queue.active && following) makeReady(following);
      if (!queue.active && !following) threads.delete(id);
      leavePlace(run.tenant);
      settle(run.runId);
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
      for (const seeker of seekers) seeker.reject(fault('DRAINING', { retryAfterSeconds: 5 }));
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
