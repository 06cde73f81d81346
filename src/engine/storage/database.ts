export type SqlValue = null | number | bigint | string | Uint8Array;
export type Row = Readonly<Record<string, SqlValue>>;

/** One statement of a unit of work. With `guard`, the whole unit is undone unless the statement changes a row. */
export interface Statement {
  readonly sql: string;
  readonly params?: readonly SqlValue[];
  readonly guard?: boolean;
}

export interface UnitResult {
  /** False where a guard failed: nothing of the unit was kept. */
  readonly ok: boolean;
  /** Index of the statement whose guard failed. */
  readonly failedAt?: number;
  /** Rows by statement (for RETURNING or SELECT), empty arrays otherwise. */
  readonly rows: readonly (readonly Row[])[];
  readonly changes: readonly number[];
}

/**
 * The one SQLite file of a data folder, driven by worker threads. Units commit in the order of the calls, many to one
 * transaction (group commit); a unit's promise resolves once it is on disk (WAL, synchronous FULL).
 */
export interface Database {
  commit(unit: readonly Statement[]): Promise<UnitResult>;
  /** Reads on a second connection; sees every unit whose promise has resolved. */
  read(sql: string, params?: readonly SqlValue[]): Promise<readonly Row[]>;
  close(): Promise<void>;
}
