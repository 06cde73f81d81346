import { randomUUID } from 'node:crypto';
import { fault, type Message, messageSchema, type Principal } from '../../../agents/contracts/index.js';
import type { ThreadRecord, ThreadSnapshot, Threads } from '../runtime.contract.js';
import type { Database, Row } from '../storage/database.js';
import type { EventLog } from './event-log.js';
import type { Scheduler } from './scheduler.js';
import type { ThreadKey, Transcript, Turn } from './transcript-store.js';

/** Threads with the status that their runs give them. */
const THREADS = `
  SELECT threads.*, CASE
      WHEN EXISTS (SELECT 1 FROM runs WHERE runs.tenant = threads.tenant AND runs.thread_id = threads.thread_id
                      AND ended_at IS NULL) THEN 'busy'
      WHEN (SELECT status FROM runs WHERE runs.tenant = threads.tenant AND runs.thread_id = threads.thread_id
             ORDER BY number DESC LIMIT 1) IN ('error', 'timeout') THEN 'error'
      ELSE 'idle' END AS status
    FROM threads`;
const STATUSES = ['idle', 'busy', 'error'] as const;
const THREAD_ID = /^[\w.:-]{1,128}$/;

/** Threads as clients see them, always within the principal's tenant. */
export function createThreads(options: {
  database: Database;
  transcript: Transcript;
  log: EventLog;
  scheduler: Scheduler;
  cancelAll: (key: ThreadKey, principal: Principal) => Promise<void>;
  now: () => number;
}): Threads {
  const { database, transcript, log, scheduler, now } = options;
  const keyOf = (threadId: string, { tenant }: Principal): ThreadKey => ({ tenant, threadId });

  const rowOf = async (key: ThreadKey): Promise<Row> => {
    const [row] = await database.read(`${THREADS} WHERE tenant = ? AND thread_id = ?`, [
      key.tenant,
      key.threadId,
    ]);
    if (!row) throw fault('THREAD_NOT_FOUND');
    return row;
  };

  const values = async (key: ThreadKey, turn: Turn | null): Promise<Record<string, unknown>> =>
    turn ? JSON.parse(await transcript.values(key, turn)) : {};

  const snapshotOf = async (key: ThreadKey, turn: Turn | null): Promise<ThreadSnapshot> => ({
    values: await values(key, turn),
    checkpointId: turn?.checkpointId ?? null,
    parentCheckpointId: turn?.parentId ?? null,
    runId: turn?.runId ?? null,
    step: turn?.number ?? -1,
    source: turn?.source ?? 'input',
    next: scheduler.isBusy(key.tenant, key.threadId) ? ['triage'] : [],
    createdAt: new Date(turn?.createdAt ?? now()).toISOString(),
  });

  const recordOf = async (row: Row, key: ThreadKey): Promise<ThreadRecord> => ({
    threadId: key.threadId,
    status: STATUSES.find((status) => status === row.status) ?? 'idle',
    metadata: JSON.parse(String(row.metadata)),
    values: await values(key, await transcript.turn(key)),
    createdAt: new Date(Number(row.created_at)).toISOString(),
    updatedAt: new Date(Number(row.updated_at)).toISOString(),
  });

  const get = async (threadId: string, principal: Principal) => {
    const key = keyOf(threadId, principal);
    return recordOf(await rowOf(key), key);
  };

  const turnOf = async (key: ThreadKey, checkpointId?: string) => {
    const turn = await transcript.turn(key, checkpointId);
    if (checkpointId && !turn) throw fault('CHECKPOINT_NOT_FOUND');
    return turn;
  };

  return {
    async create({ threadId = randomUUID(), metadata = {}, ifExists = 'raise' }, principal) {
      if (!THREAD_ID.test(threadId))
        throw fault('INVALID_ARGUMENT', { detail: 'A thread id has 1 to 128 letters, digits, or . : _ -' });
      const { ok } = await database.commit([
        {
          sql: `INSERT INTO threads (tenant, thread_id, metadata, created_at, updated_at) VALUES (?, ?, ?, ?, ?) ON CONFLICT DO NOTHING`,
          params: [principal.tenant, threadId, JSON.stringify(metadata), now(), now()],
          guard: true,
        },
      ]);
      if (!ok && ifExists === 'raise')
        throw fault('CONFLICT', { detail: `There is a thread ${threadId} already.` });
      return get(threadId, principal);
    },
    get,
    async search({ metadata = {}, status = null, limit, offset }, principal) {
      const filters = Object.entries(metadata);
      const where = filters.map(
        () => 'AND EXISTS (SELECT 1 FROM json_each(metadata) WHERE key = ? AND value IS ?)',
      );
      const rows = await database.read(
        `SELECT * FROM (${THREADS} WHERE tenant = ? ${where.join(' ')}) WHERE ? IS NULL OR status = ?
          ORDER BY updated_at DESC, thread_id LIMIT ? OFFSET ?`,
        [
          principal.tenant,
          ...filters.flatMap(([key, value]) => [key, asJsonValue(value)]),
          ...[status, status, limit, offset],
        ],
      );
      return Promise.all(rows.map((row) => recordOf(row, keyOf(String(row.thread_id), principal))));
    },
    async patch(threadId, metadata, principal) {
      const key = keyOf(threadId, principal);
      const row = await rowOf(key);
      await database.commit([
        {
          sql: 'UPDATE threads SET metadata = ?, updated_at = ? WHERE tenant = ? AND thread_id = ?',
          params: [
            JSON.stringify({ ...JSON.parse(String(row.metadata)), ...metadata }),
            now(),
            key.tenant,
            key.threadId,
          ],
          guard: true,
        },
      ]);
      return get(threadId, principal);
    },
    async delete(threadId, principal) {
      const key = keyOf(threadId, principal);
      await rowOf(key);
      await options.cancelAll(key, principal);
      await database.commit([
        {
          sql: `DELETE FROM journal WHERE run_id IN (SELECT run_id FROM runs WHERE tenant = ? AND thread_id = ?)`,
          params: [key.tenant, key.threadId],
        },
        ...['events', 'turns', 'messages', 'incoming_tickets', 'runs', 'threads'].map((table) => ({
          sql: `DELETE FROM ${table} WHERE tenant = ? AND thread_id = ?`,
          params: [key.tenant, key.threadId],
        })),
      ]);
      transcript.forget(key);
      log.forget(key);
    },
    async state(threadId, principal, checkpointId) {
      const key = keyOf(threadId, principal);
      await rowOf(key);
      return snapshotOf(key, await turnOf(key, checkpointId));
    },
    async history(threadId, { limit, before }, principal) {
      const key = keyOf(threadId, principal);
      await rowOf(key);
      const upTo = before ? ((await turnOf(key, before))?.number ?? 0) : Number.MAX_SAFE_INTEGER;
      return Promise.all((await transcript.turns(key, limit, upTo)).map((turn) => snapshotOf(key, turn)));
    },
    async update(threadId, edit, principal) {
      const key = keyOf(threadId, principal);
      await rowOf(key);
      if (scheduler.isBusy(key.tenant, key.threadId))
        throw fault('CONFLICT', {
          detail: 'A run is at work on this thread.',
          next: 'Wait for the run or cancel it.',
        });
      const base = await turnOf(key, edit.checkpointId);
      const { messages: given = [], ...others } = edit.values;
      const messages = messagesOf(given);
      const newest = await transcript.line(key);
      const from =
        edit.checkpointId && base
          ? { ...newest, ranges: base.ranges, checkpointId: base.checkpointId }
          : newest;
      const known = await transcript.known(
        key,
        messages.map(({ id }) => id),
      );
      const { line, statements } = transcript.append(key, from, messages, known);
      const rest = JSON.stringify({
        ...JSON.parse(base?.rest ?? '{"evidence":[],"hypotheses":[],"observations":[]}'),
        ...others,
      });
      const turn: Turn = {
        number: newest.turn,
        runId: null,
        checkpointId: randomUUID(),
        parentId: from.checkpointId,
        source: edit.checkpointId ? 'fork' : 'update',
        ranges: line.ranges,
        rest,
        createdAt: now(),
      };
      const writer = await log.writer(key, null);
      await writer.write(
        [{ values: { ranges: line.ranges, rest, turn: turn.number } }],
        [...statements, transcript.keep(key, turn)],
      ).stored;
      await transcript.advance(
        key,
        { ...line, turn: turn.number + 1, checkpointId: turn.checkpointId },
        statements,
      );
      return snapshotOf(key, turn);
    },
  };
}

/** A value as SQLite's `json_each` shows it. */
function asJsonValue(value: unknown): string | number | null {
  if (value === null || typeof value === 'string' || typeof value === 'number') return value;
  return typeof value === 'boolean' ? Number(value) : JSON.stringify(value);
}

function messagesOf(given: unknown): Message[] {
  const list = Array.isArray(given) ? given : [given];
  return list.map((item, index) => {
    const parsed = messageSchema.partial({ id: true }).safeParse(item);
    if (!parsed.success)
      throw fault('VALIDATION_FAILED', {
        errors: parsed.error.issues.map(({ path, message }) => ({
          pointer: `/values/messages/${[index, ...path].join('/')}`,
          message,
        })),
      });
    return { ...parsed.data, id: parsed.data.id ?? randomUUID() };
  });
}
