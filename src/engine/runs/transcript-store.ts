import type { Message } from '../../../agents/contracts/index.js';
import type { Database, Row, Statement } from '../storage/database.js';
import { type ValuesRef, valuesText } from './frames.js';
import { pack, unpack } from './packing.js';

export interface ThreadKey {
  readonly tenant: string;
  readonly threadId: string;
}

/** Half-open ranges of positions: which messages a turn sees. More than one after a fork. */
export type Ranges = readonly (readonly [number, number])[];

/** Where a thread stands: the messages of its current line and its newest turn. */
export interface Line {
  readonly ranges: Ranges;
  /** Position of the next message of the thread, on whichever line. */
  readonly next: number;
  /** Number of the next turn. */
  readonly turn: number;
  readonly checkpointId: string | null;
}

export interface Turn {
  readonly number: number;
  readonly runId: string | null;
  readonly checkpointId: string;
  readonly parentId: string | null;
  readonly source: 'loop' | 'update' | 'fork';
  readonly ranges: Ranges;
  /** JSON object text of the public state without `messages`. */
  readonly rest: string;
  readonly createdAt: number;
}

const CACHED_THREADS = 256;
/** Stored texts kept for each cached thread: enough for the context of a turn without a read. */
const CACHED_TEXTS = 32;

/** Where a thread stands: tenant and thread id are its parameters. */
export const LINE_SQL = `
  SELECT (SELECT max(position) FROM messages WHERE tenant = ?1 AND thread_id = ?2) AS last_position,
         (SELECT max(last_seq) FROM events WHERE tenant = ?1 AND thread_id = ?2) AS last_seq,
         number, checkpoint_id, ranges
    FROM (SELECT 1) LEFT JOIN turns ON tenant = ?1 AND thread_id = ?2
   ORDER BY number DESC LIMIT 1`;

const lineOf = (row: Row): Line => ({
  ranges: typeof row.ranges === 'string' ? JSON.parse(row.ranges) : [],
  next: typeof row.last_position === 'number' ? row.last_position + 1 : 0,
  turn: typeof row.number === 'number' ? row.number + 1 : 0,
  checkpointId: typeof row.checkpoint_id === 'string' ? row.checkpoint_id : null,
});

interface Cached {
  line: Line;
  readonly texts: Map<number, string>;
}

/**
 * The messages and turns of threads. A message is stored once; a turn stores ranges of positions and the compressed rest
 * of the state, so a long thread grows by what a turn adds and nothing else.
 */
export function createTranscript(database: Database) {
  const cache = new Map<string, Cached>();
  const idOf = ({ tenant, threadId }: ThreadKey) => `${tenant}\n${threadId}`;

  const remember = (key: ThreadKey, cached: Cached) => {
    cache.delete(idOf(key));
    cache.set(idOf(key), cached);
    for (const oldest of cache.keys()) {
      if (cache.size <= CACHED_THREADS) break;
      cache.delete(oldest);
    }
    return cached;
  };

  const load = async (key: ThreadKey): Promise<Cached> => {
    const known = cache.get(idOf(key));
    if (known) return remember(key, known);
    const [row = {}] = await database.read(LINE_SQL, [key.tenant, key.threadId]);
    return remember(key, { line: lineOf(row), texts: new Map() });
  };

  const texts = async (key: ThreadKey, ranges: Ranges): Promise<string[]> => {
    const cached = cache.get(idOf(key))?.texts;
    const found: string[] = [];
    for (const [from, to] of ranges) {
      const known: string[] = [];
      for (let position = from; position < to; position += 1) {
        const text = cached?.get(position);
        if (text === undefined) break;
        known.push(text);
      }
      if (known.length === to - from) {
        found.push(...known);
        continue;
      }
      const rows = await database.read(
        'SELECT body FROM messages WHERE tenant = ? AND thread_id = ? AND position >= ? AND position < ? ORDER BY position',
        [key.tenant, key.threadId, from, to],
      );
      found.push(...rows.map(({ body }) => String(body)));
    }
    return found;
  };

  const restOfTurn = async (key: ThreadKey, number: number): Promise<string> => {
    const [row] = await database.read(
      'SELECT body FROM turns WHERE tenant = ? AND thread_id = ? AND number = ?',
      [key.tenant, key.threadId, number],
    );
    return row?.body instanceof Uint8Array ? unpack(row.body) : '{}';
  };

  return {
    /** Takes in a row of {@link LINE_SQL} that was read with something else, where the thread is not known yet. */
    prime(key: ThreadKey, row: Row) {
      if (!cache.has(idOf(key))) remember(key, { line: lineOf(row), texts: new Map() });
    },

    line: async (key: ThreadKey): Promise<Line> => (await load(key)).line,

    /** Positions of these messages where the thread holds them already. */
    async known(key: ThreadKey, ids: readonly string[]): Promise<ReadonlyMap<string, number>> {
      if (ids.length === 0 || (await load(key)).line.next === 0) return new Map();
      const rows = await database.read(
        `SELECT message_id, position FROM messages WHERE tenant = ? AND thread_id = ? AND message_id IN (${ids.map(() => '?').join(',')})`,
        [key.tenant, key.threadId, ...ids],
      );
      return new Map(rows.map(({ message_id, position }) => [String(message_id), Number(position)]));
    },

    /** The last messages of a line, oldest first. */
    async recent(key: ThreadKey, line: Line, count: number): Promise<Message[]> {
      return (await texts(key, tail(line.ranges, count))).map((text): Message => JSON.parse(text));
    },

    /**
     * The statements that add messages to a line, and the line as it is afterwards. Messages that the thread holds
     * already, from a run that a crash cut short or from another line, are only brought onto the line.
     */
    append(
      key: ThreadKey,
      line: Line,
      messages: readonly Message[],
      known: ReadonlyMap<string, number> = new Map(),
    ) {
      const statements: Statement[] = [];
      let { ranges, next } = line;
      for (const message of messages) {
        const position = known.get(message.id) ?? next;
        if (ranges.some(([from, to]) => position >= from && position < to)) continue;
        ranges = extend(ranges, position);
        if (position !== next) continue;
        next += 1;
        statements.push({
          sql: 'INSERT INTO messages (tenant, thread_id, position, message_id, body) VALUES (?, ?, ?, ?, ?)',
          params: [key.tenant, key.threadId, position, message.id, JSON.stringify(message)],
        });
      }
      return { statements, line: { ...line, ranges, next } };
    },

    /** The statement that keeps a turn. */
    keep(key: ThreadKey, turn: Turn): Statement {
      return {
        sql: `INSERT INTO turns (tenant, thread_id, number, run_id, checkpoint_id, parent_id, source, ranges, body, created_at)
              VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`,
        params: [
          key.tenant,
          key.threadId,
          turn.number,
          turn.runId,
          turn.checkpointId,
          turn.parentId,
          turn.source,
          JSON.stringify(turn.ranges),
          pack(turn.rest),
          turn.createdAt,
        ],
      };
    },

    /** After a commit of {@link append}'s statements: the line stands, and its newest messages are at hand. */
    async advance(key: ThreadKey, line: Line, statements: readonly Statement[]): Promise<void> {
      const { texts: kept } = remember(key, { line, texts: (await load(key)).texts });
      for (const { params = [] } of statements) kept.set(Number(params[2]), String(params[4]));
      for (const position of kept.keys()) {
        if (kept.size <= CACHED_TEXTS) break;
        kept.delete(position);
      }
    },

    /** The public state as JSON text; the same reference gives the same bytes. */
    values: async (key: ThreadKey, ref: ValuesRef): Promise<string> =>
      valuesText(await texts(key, ref.ranges), ref.rest ?? (await restOfTurn(key, ref.turn ?? -1))),

    /** A turn by its checkpoint, or the newest. */
    async turn(key: ThreadKey, checkpointId?: string): Promise<Turn | null> {
      const [row] = await database.read(
        `SELECT * FROM turns WHERE tenant = ? AND thread_id = ? ${checkpointId ? 'AND checkpoint_id = ?' : ''}
          ORDER BY number DESC LIMIT 1`,
        [key.tenant, key.threadId, ...(checkpointId ? [checkpointId] : [])],
      );
      return row ? turnOf(row) : null;
    },

    /** The state at the end of a turn, without messages. */
    restOfTurn,

    /** The state that a run left behind, without messages; empty where it left none. */
    async restOfRun(key: ThreadKey, runId: string): Promise<string> {
      const [row] = await database.read(
        'SELECT body FROM turns WHERE tenant = ? AND thread_id = ? AND run_id = ? ORDER BY number DESC LIMIT 1',
        [key.tenant, key.threadId, runId],
      );
      return row?.body instanceof Uint8Array ? unpack(row.body) : '{}';
    },

    /** Turns, newest first, older than `before`. */
    async turns(key: ThreadKey, limit: number, before: number): Promise<Turn[]> {
      const rows = await database.read(
        'SELECT * FROM turns WHERE tenant = ? AND thread_id = ? AND number < ? ORDER BY number DESC LIMIT ?',
        [key.tenant, key.threadId, before, limit],
      );
      return rows.map(turnOf);
    },

    forget(key: ThreadKey) {
      cache.delete(idOf(key));
    },
  };
}

export type Transcript = ReturnType<typeof createTranscript>;

function extend(ranges: Ranges, position: number): Ranges {
  const last = ranges.at(-1);
  return last && last[1] === position
    ? [...ranges.slice(0, -1), [last[0], position + 1]]
    : [...ranges, [position, position + 1]];
}

function tail(ranges: Ranges, count: number): Ranges {
  const kept: [number, number][] = [];
  let missing = count;
  for (const [from, to] of ranges.toReversed()) {
    if (missing <= 0) break;
    kept.unshift([Math.max(from, to - missing), to]);
    missing -= to - from;
  }
  return kept;
}

function turnOf(row: Row): Turn {
  const source = String(row.source);
  return {
    number: Number(row.number),
    runId: typeof row.run_id === 'string' ? row.run_id : null,
    checkpointId: String(row.checkpoint_id),
    parentId: typeof row.parent_id === 'string' ? row.parent_id : null,
    source: source === 'update' || source === 'fork' ? source : 'loop',
    ranges: JSON.parse(String(row.ranges)),
    rest: row.body instanceof Uint8Array ? unpack(row.body) : '{}',
    createdAt: Number(row.created_at),
  };
}
