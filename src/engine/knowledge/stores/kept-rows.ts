import type { Database } from '../../storage/database.js';

export interface KeptRow {
  readonly hash: string;
  /** `samples`, or where the row came from. */
  readonly source: string;
}

/** What is already kept of a tenant, for taking things in only once. */
export interface KeptRows {
  known(tenant: string, ids: readonly string[]): Promise<ReadonlyMap<string, KeptRow>>;
  idsOf(tenant: string, source: string): Promise<readonly string[]>;
}

export function createKeptRows(
  database: Database,
  table: 'knowledge_documents' | 'solved_tickets',
): KeptRows {
  return {
    async known(tenant, ids) {
      const rows = await database.read(
        `SELECT id, hash, source FROM ${table} WHERE tenant = ? AND id IN (SELECT value FROM json_each(?))`,
        [tenant, JSON.stringify(ids)],
      );
      return new Map(
        rows.map((row) => [String(row.id), { hash: String(row.hash), source: String(row.source) }]),
      );
    },
    async idsOf(tenant, source) {
      const rows = await database.read(`SELECT id FROM ${table} WHERE tenant = ? AND source = ?`, [
        tenant,
        source,
      ]);
      return rows.map((row) => String(row.id));
    },
  };
}
