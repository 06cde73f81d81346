import type { Database, Row } from '../storage/database.js';

/** A label that was moved while the host ran. */
export interface LabelMove {
  /** Grows with every move of any label. */
  readonly number: number;
  readonly name: string;
  readonly label: string;
  readonly version: string;
  /** What held before; null where nothing did. */
  readonly previous: string | null;
  readonly by: string;
  /** Milliseconds since the Unix epoch. */
  readonly at: number;
}

/** The newest move of each label of one tenant. */
export const NEWEST_MOVES = `
  SELECT tenant, number, name, label, version, previous, principal, created_at FROM prompt_labels
   WHERE number IN (SELECT max(number) FROM prompt_labels GROUP BY tenant, name, label)`;

export const moveOf = (row: Row): LabelMove => ({
  number: Number(row.number),
  name: String(row.name),
  label: String(row.label),
  version: String(row.version),
  previous: row.previous === null ? null : String(row.previous),
  by: String(row.principal),
  at: Number(row.created_at),
});

const keyOf = (...place: readonly string[]) => JSON.stringify(place);

/** The labels that were moved in each tenant, held in memory: every run asks for them. */
export async function openLabelStore(database: Database) {
  const held = new Map<string, LabelMove>();
  const hold = (tenant: string, move: LabelMove) => held.set(keyOf(tenant, move.name, move.label), move);
  for (const row of await database.read(NEWEST_MOVES)) hold(String(row.tenant), moveOf(row));

  return {
    newest: (tenant: string, name: string, label: string): LabelMove | undefined =>
      held.get(keyOf(tenant, name, label)),

    /** All moved labels of a prompt. */
    ofPrompt: (tenant: string, name: string): readonly LabelMove[] =>
      [...held].flatMap(([key, move]) => (key === keyOf(tenant, name, move.label) ? [move] : [])),

    /** Moves a label unless somebody else has moved it since `after`, the number of the newest move that was seen, or 0. */
    async move(tenant: string, move: Omit<LabelMove, 'number'>, after: number): Promise<LabelMove | null> {
      const { ok, rows } = await database.commit([
        {
          sql: `INSERT INTO prompt_labels (tenant, name, label, version, previous, principal, created_at)
                SELECT ?1, ?2, ?3, ?4, ?5, ?6, ?7
                 WHERE ?8 = (SELECT coalesce(max(number), 0) FROM prompt_labels
                              WHERE tenant = ?1 AND name = ?2 AND label = ?3)
                RETURNING number`,
          params: [tenant, move.name, move.label, move.version, move.previous, move.by, move.at, after],
          guard: true,
        },
      ]);
      if (!ok) return null;
      const made = { ...move, number: Number(rows[0]?.[0]?.number) };
      hold(tenant, made);
      return made;
    },

    /** Who moved the labels of a prompt, the newest move first. */
    async moves(tenant: string, name: string, limit: number): Promise<readonly LabelMove[]> {
      const rows = await database.read(
        `SELECT number, name, label, version, previous, principal, created_at FROM prompt_labels
          WHERE tenant = ? AND name = ? ORDER BY number DESC LIMIT ?`,
        [tenant, name, limit],
      );
      return rows.map(moveOf);
    },
  };
}

export type LabelStore = Awaited<ReturnType<typeof openLabelStore>>;
