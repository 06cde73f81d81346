import { isFault, type Principal } from '../../../agents/contracts/index.js';
import type { EventFeed, LoggedEvent, Runtime } from '../../engine/runtime.js';
import { gapFrame, snapshotFrame } from './frames.js';
import type { Outbox } from './outbox.js';
import { type Filter, matches } from './subscription.js';

interface Subscription {
  readonly filter: Filter;
  /** Every event up to here was sent or did not match; null means from the start of the run. */
  position: number | null;
}

/** After this sequence number; from the start of the active or latest run; or after nobody knows what. */
export type Cursor = number | 'run' | 'unknown';

/** The public state of a thread before its first turn. */
const NOTHING_YET = { messages: [], evidence: [], hypotheses: [], observations: [] };

/** At most this many subscriptions of one reader. */
const MAX_SUBSCRIPTIONS = 256;

/** What one reader sees of one thread: any number of subscriptions, one ordered feed. */
export interface ThreadFeed {
  /** True where no further subscription is taken. */
  readonly full: boolean;
  /**
   * Adds a subscription that sees every matching event after its cursor, each once, in order. A cursor that the log
   * cannot serve is answered with a gap and a `values` snapshot.
   */
  subscribe(id: string, filter: Filter, since: Cursor): Promise<void>;
  /** False where there is no such subscription. */
  unsubscribe(id: string): boolean;
  /** Goes on where the feed stopped: the reader has room again, or the thread exists now. */
  resume(): Promise<void>;
  close(): void;
}

export interface ThreadFeedOptions {
  readonly runtime: Pick<Runtime, 'events' | 'threads'>;
  readonly threadId: string;
  readonly principal: Principal;
  readonly outbox: Outbox;
}

/**
 * All subscriptions of a reader share one feed, opened anew from the lowest cursor whenever a subscription comes in or
 * a full outbox has drained. So a late subscription catches up before live events reach it, order holds, and the log,
 * not memory, keeps what a slow reader has not taken.
 */
export function createThreadFeed(options: ThreadFeedOptions): ThreadFeed {
  const { runtime, threadId, principal, outbox } = options;
  const subscriptions = new Map<string, Subscription>();
  let feed: EventFeed | null = null;
  /** Grows with every reopening; callbacks of an earlier feed are ignored. */
  let generation = 0;
  /** Where the newest run begins, known once the feed has seen it begin: it spares later subscriptions a search. */
  let newestRun: { readonly id: string | null; readonly start: number } | null = null;
  let closed = false;

  const stop = (): void => {
    generation += 1;
    feed?.close();
    feed = null;
  };

  const take = (event: LoggedEvent): boolean => {
    const open = [...subscriptions.values()].filter(
      (each) => each.position === null || each.position < event.seq,
    );
    if (open.some((each) => matches(each.filter, event)) && !outbox.offer(event)) return false;
    for (const each of open) each.position = event.seq;
    return true;
  };

  /** The cursor from which all subscriptions can be served; null where one needs the start of the run. */
  const lowest = (): number | null => {
    const positions = [...subscriptions.values()].map((each) => each.position);
    return positions.includes(null) ? null : Math.min(...positions.filter((position) => position !== null));
  };

  const noteRun = (event: LoggedEvent): void => {
    const begins = newestRun ? event.runId !== null && event.runId !== newestRun.id : lowest() === null;
    if (begins) newestRun = { id: event.runId, start: event.seq - 1 };
  };

  const deliver = (events: readonly LoggedEvent[]): void => {
    for (const event of events) {
      noteRun(event);
      if (take(event)) continue;
      // The rest stays in the log; the feed goes on from there once the outbox has drained.
      stop();
      return;
    }
  };

  const announceGap = async (gap: { from: number; to: number }, seq: number): Promise<void> => {
    const state = await unlessMissing(runtime.threads.state(threadId, principal), null);
    const at = state ? Date.parse(state.createdAt) : Date.now();
    outbox.push(gapFrame(gap));
    outbox.push(snapshotFrame({ ...NOTHING_YET, ...state?.values }, seq, at));
  };

  const reopen = async (): Promise<void> => {
    stop();
    if (closed || subscriptions.size === 0) return;
    const mine = generation;
    let held: LoggedEvent[] | null = [];
    const onEvents = (events: readonly LoggedEvent[]): void => {
      if (mine !== generation) return;
      if (held) held.push(...events);
      else deliver(events);
    };
    // A thread is created by its first run: until then its readers wait.
    const opened = await unlessMissing(runtime.events.follow(threadId, lowest(), onEvents, principal), null);
    if (!opened) return;
    if (mine !== generation) return opened.close();
    feed = opened;
    if (opened.gap) await announceGap(opened.gap, opened.lastSeq);
    if (mine !== generation) return;
    const events = held;
    held = null;
    deliver(events);
  };

  const positionOf = async (since: Cursor): Promise<number | null> => {
    if (since === 'run' && newestRun) return newestRun.start;
    const last = await lastSeqOf(runtime, threadId, principal);
    // Where nothing has happened yet, nothing that happens while the feed opens may be missed.
    if (since === 'run') return last === 0 ? 0 : null;
    if (since !== 'unknown' && since <= last) return since;
    // Of an unknown cursor nothing is proven, so all of the log counts as lost; one from the future lost what it names.
    const gap = since === 'unknown' ? { from: 1, to: Math.max(1, last) } : { from: last + 1, to: since };
    await announceGap(gap, last);
    return last;
  };

  return {
    get full() {
      return subscriptions.size >= MAX_SUBSCRIPTIONS;
    },
    async subscribe(id, filter, since) {
      const position = await positionOf(since);
      subscriptions.set(id, { filter, position });
      await reopen();
    },
    unsubscribe: (id) => subscriptions.delete(id),
    async resume() {
      if (!feed) await reopen();
    },
    close() {
      closed = true;
      stop();
    },
  };
}

/** The last sequence number of a thread; 0 for one that does not exist yet. */
export async function lastSeqOf(
  runtime: Pick<Runtime, 'events'>,
  threadId: string,
  principal: Principal,
): Promise<number> {
  return unlessMissing(runtime.events.lastSeq(threadId, principal), 0);
}

/** A reader may come before its thread does. */
async function unlessMissing<T, E>(answer: Promise<T>, otherwise: E): Promise<T | E> {
  try {
    return await answer;
  } catch (error) {
    if (isFault(error, 'THREAD_NOT_FOUND')) return otherwise;
    throw error;
  }
}
