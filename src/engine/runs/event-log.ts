import { fault } from '../../../agents/contracts/index.js';
import type { EventFeed, LoggedEvent } from '../runtime.contract.js';
import type { Database, Row, Statement } from '../storage/database.js';
import {
  type EventBody,
  frameOf,
  type LogEntry,
  lineOf,
  parseLine,
  type ValuesRef,
  valuesFrame,
} from './frames.js';
import { pack, unpack } from './packing.js';
import type { ThreadKey, Transcript } from './transcript-store.js';

/** Entries that a hot thread keeps in memory for replays that need no read. */
const RING = 512;
const HOT_THREADS = 256;

interface Waiting {
  readonly entries: readonly LogEntry[];
  readonly statements: readonly Statement[];
  readonly resolve: () => void;
  readonly reject: (error: unknown) => void;
}

interface HotThread {
  readonly key: ThreadKey;
  /** Last number given out; what is on disk ends at `durable`. */
  last: number;
  durable: number;
  /** Last number before the first event of the newest run that began here; null where only the disk knows. */
  begins: number | null;
  /** The newest entries on disk, oldest first. */
  ring: LogEntry[];
  waiting: Waiting[];
  flushing: boolean;
  readonly followers: Set<(entries: readonly LogEntry[]) => void>;
}

const idOf = ({ tenant, threadId }: ThreadKey) => `${tenant}\n${threadId}`;

/**
 * The thread's log: numbers events, stores them, and publishes them once they are on disk. Each event is encoded once.
 * Writes of one thread go one after the other, so that its numbers on disk have no holes; what arrives meanwhile is
 * written together. A write that fails gives its numbers back.
 */
export function createEventLog(database: Database, transcript: Transcript, now: () => number) {
  const hot = new Map<string, HotThread>();
  /** Threads by the run that writes to them. */
  const writing = new Map<string, HotThread>();

  const touch = (thread: HotThread) => {
    const id = idOf(thread.key);
    hot.delete(id);
    hot.set(id, thread);
    for (const [other, candidate] of hot) {
      if (hot.size <= HOT_THREADS) break;
      const idle = candidate.followers.size === 0 && candidate.waiting.length === 0 && !candidate.flushing;
      if (idle && candidate !== thread) hot.delete(other);
    }
  };

  const open = (key: ThreadKey, last: number): HotThread => {
    const thread: HotThread = {
      key,
      last,
      durable: last,
      begins: null,
      ring: [],
      waiting: [],
      flushing: false,
      followers: new Set(),
    };
    touch(thread);
    return thread;
  };

  const loading = new Map<string, Promise<HotThread>>();
  const load = async (key: ThreadKey): Promise<HotThread> => {
    const known = hot.get(idOf(key));
    if (known) {
      touch(known);
      return known;
    }
    const pending = loading.get(idOf(key));
    if (pending) return pending;
    const begun = (async () => {
      const [row] = await database.read(
        'SELECT max(last_seq) AS last FROM events WHERE tenant = ? AND thread_id = ?',
        [key.tenant, key.threadId],
      );
      return open(key, Number(row?.last ?? 0));
    })().finally(() => loading.delete(idOf(key)));
    loading.set(idOf(key), begun);
    return begun;
  };

  const flush = async (thread: HotThread) => {
    thread.flushing = true;
    while (thread.waiting.length > 0) {
      const batch = thread.waiting;
      thread.waiting = [];
      const entries = batch.flatMap((item) => item.entries);
      const statements = [...segment(thread.key, entries), ...batch.flatMap((item) => item.statements)];
      try {
        const { ok, failedAt } = await database.commit(statements);
        if (!ok)
          throw fault('CONFLICT', { detail: `Statement ${failedAt} of a log write found another state.` });
      } catch (error) {
        for (const item of [...batch, ...thread.waiting]) item.reject(error);
        thread.waiting = [];
        thread.last = thread.durable;
        break;
      }
      thread.durable = entries.at(-1)?.seq ?? thread.durable;
      thread.ring.push(...entries);
      if (thread.ring.length > RING * 2) thread.ring = thread.ring.slice(-RING);
      for (const item of batch) item.resolve();
      for (const follower of thread.followers) follower(entries);
    }
    thread.flushing = false;
    touch(thread);
  };

  const enqueue = (thread: HotThread, entries: readonly LogEntry[], statements: readonly Statement[]) => {
    const { promise, resolve, reject } = Promise.withResolvers<void>();
    thread.waiting.push({ entries, statements, resolve, reject });
    if (!thread.flushing) {
      thread.flushing = true;
      setImmediate(() => void flush(thread));
    }
    return promise;
  };

  const read = async (key: ThreadKey, since: number, upTo = Number.MAX_SAFE_INTEGER): Promise<LogEntry[]> => {
    const rows = await database.read(
      `SELECT run_id, frames FROM events
        WHERE tenant = ? AND thread_id = ? AND last_seq > ? AND first_seq <= ? ORDER BY first_seq`,
      [key.tenant, key.threadId, since, upTo],
    );
    return rows.flatMap(entriesOf).filter(({ seq }) => seq > since && seq <= upTo);
  };

  const startOf = async (key: ThreadKey, runId: string | null): Promise<number | null> => {
    const [row] = await database.read(
      'SELECT min(first_seq) AS first FROM events WHERE tenant = ? AND thread_id = ? AND run_id = ?',
      [key.tenant, key.threadId, runId],
    );
    return typeof row?.first === 'number' ? row.first - 1 : null;
  };

  /** Each entry is made ready for readers once, however many follow the thread. */
  const ready = new WeakMap<LogEntry, LoggedEvent | Promise<LoggedEvent>>();
  const publish = (key: ThreadKey, entry: LogEntry) => {
    const known = ready.get(entry);
    if (known) return known;
    const event = published(key, entry, transcript);
    ready.set(entry, event);
    return event;
  };

  return {
    /** Takes in the last number of a thread that was read with something else, where the thread is not known yet. */
    prime(key: ThreadKey, last: number) {
      if (!hot.has(idOf(key)) && !loading.has(idOf(key))) open(key, last);
    },

    /** A writer for one run: whoever writes to a thread holds its turn. */
    async writer(key: ThreadKey, runId: string | null, resumed = false) {
      const thread = await load(key);
      if (runId !== null) {
        thread.begins = resumed ? null : thread.last;
        writing.set(runId, thread);
      }
      const number = (body: EventBody | { values: ValuesRef }): LogEntry => {
        thread.last += 1;
        const seq = thread.last;
        const eventId = `${runId ?? key.threadId}:${seq}`;
        const at = now();
        return 'values' in body
          ? { seq, eventId, runId, method: 'values', name: null, frame: { at, values: body.values } }
          : {
              seq,
              eventId,
              runId,
              method: body.method,
              name: body.name ?? null,
              frame: frameOf(body, seq, eventId, at),
            };
      };
      return {
        /** Numbers events at once; `stored` resolves when they and the statements are on disk. */
        write(bodies: readonly (EventBody | { values: ValuesRef })[], statements: readonly Statement[] = []) {
          const entries = bodies.map(number);
          return { entries, stored: enqueue(thread, entries, statements) };
        },
        /** Writes the last events of the run together with its seal: all its frames in one compressed segment. */
        async seal(
          earlier: readonly LogEntry[],
          bodies: readonly (EventBody | { values: ValuesRef })[],
          statements: readonly Statement[],
        ) {
          const entries = bodies.map(number);
          const all = [...earlier, ...entries];
          const first = all[0]?.seq ?? thread.last;
          const sealing: Statement[] = [
            {
              sql: 'DELETE FROM events WHERE tenant = ? AND thread_id = ? AND run_id IS ? AND first_seq >= ?',
              params: [key.tenant, key.threadId, runId, first],
            },
            {
              sql: 'INSERT INTO events (tenant, thread_id, first_seq, last_seq, run_id, sealed, frames) VALUES (?, ?, ?, ?, ?, 1, ?)',
              params: [key.tenant, key.threadId, first, thread.last, runId, pack(all.map(lineOf).join('\n'))],
            },
          ];
          await enqueue(thread, entries, [...sealing, ...statements]);
        },
        /** The run has ended here; what arrives for it late is dropped. */
        close: () => {
          if (runId !== null) writing.delete(runId);
        },
      };
    },

    /**
     * Stores what belongs to a run's steps in the order of its events: a checkpoint must not be on disk before the
     * journal entries and events that led to it. Of a run that no longer writes here nothing is stored.
     */
    async alongside(runId: string, statements: readonly Statement[]): Promise<void> {
      const thread = writing.get(runId);
      if (thread) await enqueue(thread, [], statements);
    },

    lastSeq: async (key: ThreadKey) => (await load(key)).durable,

    /** Last number before the first event of the run at work, else of the newest one. */
    async beforeCurrentRun(key: ThreadKey, currentRun: () => Promise<string | null>): Promise<number> {
      const { begins, durable } = await load(key);
      if (begins !== null) return begins;
      return (await startOf(key, await currentRun())) ?? durable;
    },

    /** Last number before a run's first event; null where it has written nothing. */
    startOf,

    /** Number of the last event that a run has on disk; null where it has none. */
    async endOf(key: ThreadKey, runId: string): Promise<number | null> {
      const [row] = await database.read(
        'SELECT max(last_seq) AS last FROM events WHERE tenant = ? AND thread_id = ? AND run_id = ?',
        [key.tenant, key.threadId, runId],
      );
      return typeof row?.last === 'number' ? row.last : null;
    },

    /** The number of an event, or null where the log does not hold that event. */
    async seqOf(key: ThreadKey, eventId: string): Promise<number | null> {
      const seq = Number(/:(\d+)$/.exec(eventId)?.[1] ?? Number.NaN);
      if (!Number.isSafeInteger(seq)) return null;
      const [entry] = await read(key, seq - 1, seq);
      return entry?.eventId === eventId ? seq : null;
    },

    /** The entries of one run that are on disk, oldest first. */
    async ofRun(key: ThreadKey, runId: string): Promise<LogEntry[]> {
      const rows = await database.read(
        'SELECT run_id, frames FROM events WHERE tenant = ? AND thread_id = ? AND run_id = ? ORDER BY first_seq',
        [key.tenant, key.threadId, runId],
      );
      return rows.flatMap(entriesOf);
    },

    /** Replay after `since`, then live; each entry exactly once and in order. */
    async follow(
      key: ThreadKey,
      since: number,
      onEvents: (events: readonly LoggedEvent[]) => void,
    ): Promise<EventFeed> {
      const thread = await load(key);
      let cursor = since;
      let open = true;
      let delivered: Promise<void> = Promise.resolve();
      const deliver = (entries: readonly LogEntry[]) => {
        const fresh = entries.filter((entry) => entry.seq > cursor);
        const last = fresh.at(-1);
        if (!last) return;
        cursor = last.seq;
        const events = Promise.all(fresh.map((entry) => publish(key, entry)));
        delivered = delivered.then(async () => {
          const batch = await events;
          if (open) onEvents(batch);
        });
      };
      let held: LogEntry[] | null = [];
      const follower = (entries: readonly LogEntry[]) => {
        if (held) held.push(...entries);
        else deliver(entries);
      };
      thread.followers.add(follower);
      const close = () => {
        open = false;
        thread.followers.delete(follower);
      };
      try {
        const lastSeq = thread.durable;
        const future = since > lastSeq ? { from: lastSeq + 1, to: since } : null;
        if (future) cursor = lastSeq;
        const oldest = thread.ring[0]?.seq ?? Number.POSITIVE_INFINITY;
        const backlog = cursor >= lastSeq ? [] : oldest <= cursor + 1 ? thread.ring : await read(key, cursor);
        const first = backlog.find(({ seq }) => seq > cursor);
        const hole = first && first.seq > cursor + 1 ? { from: cursor + 1, to: first.seq - 1 } : null;
        deliver(backlog);
        const arrived = held;
        held = null;
        deliver(arrived);
        return { gap: future ?? hole, lastSeq, close };
      } catch (error) {
        close();
        throw error;
      }
    },

    /** Number of feeds open on all threads. */
    feeds: () => [...hot.values()].reduce((sum, thread) => sum + thread.followers.size, 0),

    forget(key: ThreadKey) {
      hot.delete(idOf(key));
    },
  };
}

export type EventLog = ReturnType<typeof createEventLog>;
export type LogWriter = Awaited<ReturnType<EventLog['writer']>>;

/** An event as the host sees it; a `values` frame is rebuilt from the stored messages. */
function published(
  key: ThreadKey,
  entry: LogEntry,
  transcript: Transcript,
): LoggedEvent | Promise<LoggedEvent> {
  const { seq, eventId, runId, method, name, frame } = entry;
  const event = (json: string): LoggedEvent => ({ seq, eventId, runId, method, name, namespace: [], json });
  if (typeof frame === 'string') return event(frame);
  return transcript.values(key, frame.values).then((text) => event(valuesFrame(entry, frame.at, text)));
}

function segment(key: ThreadKey, entries: readonly LogEntry[]): Statement[] {
  const first = entries[0];
  const last = entries.at(-1);
  if (!first || !last) return [];
  return [
    {
      sql: 'INSERT INTO events (tenant, thread_id, first_seq, last_seq, run_id, sealed, frames) VALUES (?, ?, ?, ?, ?, 0, ?)',
      params: [key.tenant, key.threadId, first.seq, last.seq, first.runId, entries.map(lineOf).join('\n')],
    },
  ];
}

function entriesOf({ frames, run_id }: Row): LogEntry[] {
  const text = frames instanceof Uint8Array ? unpack(frames) : String(frames);
  const runId = typeof run_id === 'string' ? run_id : null;
  return text.split('\n').map((line) => parseLine(line, runId));
}
