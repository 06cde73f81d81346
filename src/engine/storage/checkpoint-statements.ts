import type { SqlValue, Statement } from './database.js';

/** Where checkpoints live: one thread a run, and a namespace for each subgraph. */
export interface Place {
  readonly threadId: string;
  readonly ns: string;
}

/** A condition on `checkpoints`; one without a value is left out. */
export interface Condition {
  readonly sql: string;
  readonly params: readonly (SqlValue | undefined)[];
}

const insertRows = (into: string, rows: readonly (readonly SqlValue[])[], onConflict = ''): Statement[] => {
  const [first] = rows;
  if (!first) return [];
  const places = `(${first.map(() => '?').join(',')})`;
  return [
    { sql: `INSERT ${into} VALUES ${rows.map(() => places).join(',')} ${onConflict}`, params: rows.flat() },
  ];
};

export const insertCheckpoint = (
  { threadId, ns }: Place,
  row: { id: string; parentId: string | undefined; body: string; metadata: string },
): Statement[] =>
  insertRows('OR REPLACE INTO checkpoints (thread_id, ns, id, parent_id, body, metadata)', [
    [threadId, ns, row.id, row.parentId ?? null, row.body, row.metadata],
  ]);

export const insertValues = (
  { threadId, ns }: Place,
  rows: readonly { channel: string; version: SqlValue; kind: string; json: string }[],
): Statement[] =>
  insertRows(
    'OR REPLACE INTO checkpoint_values (thread_id, ns, channel, version, kind, value)',
    rows.map(({ channel, version, kind, json }) => [threadId, ns, channel, version, kind, json]),
  );

/**
 * A task's writes keep what they were when they were first stored. Special writes (errors, interrupts), which have a
 * negative index, follow the newest attempt.
 */
export const insertWrites = (
  { threadId, ns }: Place,
  checkpointId: string,
  taskId: string,
  rows: readonly { index: number; channel: string; json: string | null }[],
): Statement[] =>
  insertRows(
    'INTO checkpoint_writes (thread_id, ns, checkpoint_id, task_id, idx, channel, value)',
    rows.map(({ index, channel, json }) => [threadId, ns, checkpointId, taskId, index, channel, json]),
    'ON CONFLICT DO UPDATE SET channel = excluded.channel, value = excluded.value WHERE excluded.idx < 0',
  );

/** Newest first. */
export function selectCheckpoints(conditions: readonly Condition[], limit: number): Statement {
  const used = conditions.filter(({ params }) => !params.includes(undefined));
  const where = used.map(({ sql }) => sql).join(' AND ') || 'TRUE';
  const params = used.flatMap((condition) => condition.params.filter((value) => value !== undefined));
  return {
    sql: `SELECT thread_id, ns, id, parent_id, body, metadata FROM checkpoints WHERE ${where}
          ORDER BY id DESC LIMIT ?`,
    params: [...params, limit],
  };
}

/** The value of each channel in the given version. CROSS JOIN fixes the order: a look-up for each version. */
export const selectValues = (
  { threadId, ns }: Place,
  versions: Readonly<Record<string, SqlValue>>,
): Statement => ({
  sql: `SELECT v.channel, v.kind, v.value AS json FROM json_each(?) AS wanted CROSS JOIN checkpoint_values AS v
        ON v.thread_id = ? AND v.ns = ? AND v.channel = wanted.key AND v.version = wanted.value`,
  params: [JSON.stringify(versions), threadId, ns],
});

export const selectWrites = ({ threadId, ns }: Place, checkpointId: string): Statement => ({
  sql: `SELECT task_id, channel, value AS json FROM checkpoint_writes
        WHERE thread_id = ? AND ns = ? AND checkpoint_id = ? ORDER BY task_id, idx`,
  params: [threadId, ns, checkpointId],
});

/** Forgets every checkpoint of a run; for the unit that ends it. */
export const checkpointCleanup = (runId: string): readonly Statement[] =>
  ['checkpoints', 'checkpoint_values', 'checkpoint_writes'].map((table) => ({
    sql: `DELETE FROM ${table} WHERE thread_id = ?`,
    params: [runId],
  }));
