import { DatabaseSync, type StatementSync } from 'node:sqlite';
import { parentPort, workerData } from 'node:worker_threads';
import type { Row, Statement, UnitResult } from './database.js';

/*
 * One connection on a thread of its own. Needs nothing but Node, so that it runs both built and, with its types
 * stripped, straight from its source.
 */

export interface WorkerSetup {
  readonly file: string;
  /** The writer commits units in groups; the reader only answers queries. */
  readonly role: 'writer' | 'reader';
  /** Pages that the file may have at most. */
  readonly maxPages?: number;
}

/** A statement that failed: SQLite's extended result code, or -1 where the error is not SQLite's. */
export interface Failure {
  readonly errcode: number;
  readonly message: string;
}

export type Unit = readonly Statement[];
export type Outcome = UnitResult | Failure;
/** A statement whose text is known by its number, or stands there where it is not worth remembering. */
export type ShortStatement = Omit<Statement, 'sql'> & { readonly sql: number | string };
/** Units of work, with the texts that they are the first to use: each gets the next number. */
export type Order =
  | { readonly units: readonly (readonly ShortStatement[])[]; readonly texts: readonly string[] }
  | 'close';
export type Report = { readonly outcomes: readonly Outcome[] } | Failure | 'open';

const BUSY_TIMEOUT_MS = 2_000;
const WAL_BYTES_KEPT = 16 * 1024 * 1024;
const PREPARED_STATEMENTS = 256;
const SYNCHRONOUS_FULL = 2;

interface Prepared {
  readonly statement: StatementSync;
  readonly returnsRows: boolean;
}

/** Runs single statements, keeping the most recently used ones prepared. */
function statementRunner(db: DatabaseSync) {
  const cache = new Map<string, Prepared>();

  const prepare = (sql: string): Prepared => {
    const known = cache.get(sql);
    if (known) {
      cache.delete(sql);
      cache.set(sql, known);
      return known;
    }
    const statement = db.prepare(sql);
    const prepared = { statement, returnsRows: statement.columns().length > 0 };
    cache.set(sql, prepared);
    const [oldest] = cache.keys();
    if (cache.size > PREPARED_STATEMENTS && oldest !== undefined) cache.delete(oldest);
    return prepared;
  };

  return ({ sql, params = [] }: Statement): { rows: readonly Row[]; changes: number } => {
    const { statement, returnsRows } = prepare(sql);
    if (!returnsRows) return { rows: [], changes: Number(statement.run(...params).changes) };
    const rows = statement.all(...params) as Row[];
    return { rows, changes: rows.length };
  };
}

type Runner = ReturnType<typeof statementRunner>;

function runUnit(run: Runner, unit: Unit): UnitResult {
  const rows: (readonly Row[])[] = [];
  const changes: number[] = [];
  for (const [index, statement] of unit.entries()) {
    const done = run(statement);
    rows.push(done.rows);
    changes.push(done.changes);
    if (statement.guard && done.changes === 0) return { ok: false, failedAt: index, rows, changes };
  }
  return { ok: true, rows, changes };
}

function failureOf(error: unknown): Failure {
  const { errcode, message } = error as { errcode?: unknown; message?: unknown };
  return { errcode: typeof errcode === 'number' ? errcode : -1, message: String(message) };
}

/** Group commit: one transaction, and so one fsync, for every unit that was waiting. */
function committer(db: DatabaseSync, run: Runner) {
  const runInSavepoint = (unit: Unit): Outcome => {
    run({ sql: 'SAVEPOINT unit' });
    let outcome: Outcome;
    try {
      outcome = runUnit(run, unit);
    } catch (error) {
      // A full disk may make SQLite roll the whole transaction back: then every unit of the group has failed.
      if (!db.isTransaction) throw error;
      outcome = failureOf(error);
    }
    if (!('ok' in outcome && outcome.ok)) run({ sql: 'ROLLBACK TO unit' });
    run({ sql: 'RELEASE unit' });
    return outcome;
  };

  return (units: readonly Unit[]): Outcome[] => {
    try {
      run({ sql: 'BEGIN IMMEDIATE' });
      const outcomes = units.map(runInSavepoint);
      run({ sql: 'COMMIT' });
      return outcomes;
    } catch (error) {
      if (db.isTransaction) run({ sql: 'ROLLBACK' });
      return units.map(() => failureOf(error));
    }
  };
}

/** Queries have no transaction in common: each sees the newest commit. */
const querier =
  (run: Runner) =>
  (units: readonly Unit[]): Outcome[] =>
    units.map((unit) => {
      try {
        return runUnit(run, unit);
      } catch (error) {
        return failureOf(error);
      }
    });

function openWriter(db: DatabaseSync, run: Runner, maxPages: number | undefined) {
  db.exec(`PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL; PRAGMA secure_delete = OFF;
           PRAGMA journal_size_limit = ${WAL_BYTES_KEPT};`);
  if (maxPages !== undefined) db.exec(`PRAGMA max_page_count = ${maxPages}`);

  // A write of nothing new: it proves that the folder can be written, and some builds of SQLite leave FULL only here.
  const version = db.prepare('PRAGMA user_version').get()?.user_version;
  db.exec(`BEGIN IMMEDIATE; PRAGMA user_version = ${version}; COMMIT`);
  const synchronous = db.prepare('PRAGMA synchronous').get()?.synchronous;
  if (synchronous !== SYNCHRONOUS_FULL) throw new Error(`synchronous is ${synchronous}, not FULL`);
  return committer(db, run);
}

function openReader(db: DatabaseSync, run: Runner) {
  db.exec('PRAGMA query_only = ON');
  return querier(run);
}

function serve(setup: WorkerSetup, port: NonNullable<typeof parentPort>): void {
  const report = (message: Report) => port.postMessage(message);
  try {
    const db = new DatabaseSync(setup.file, { timeout: BUSY_TIMEOUT_MS, enableForeignKeyConstraints: true });
    const run = statementRunner(db);
    const handle = setup.role === 'writer' ? openWriter(db, run, setup.maxPages) : openReader(db, run);
    const texts: string[] = [];
    const whole = ({ sql, ...rest }: ShortStatement): Statement => ({
      ...rest,
      sql: typeof sql === 'number' ? (texts[sql] ?? '') : sql,
    });
    port.on('message', (order: Order) => {
      if (order !== 'close') {
        texts.push(...order.texts);
        return report({ outcomes: handle(order.units.map((unit) => unit.map(whole))) });
      }
      db.close();
      port.close();
    });
    report('open');
  } catch (error) {
    report(failureOf(error));
  }
}

if (parentPort) serve(workerData as WorkerSetup, parentPort);
