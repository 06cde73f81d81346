import { closeSync, existsSync, openSync, readSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { type Fault, fault, isFault } from '../../../agents/contracts/errors.js';
import type { Migration } from './migrations/index.js';
import { storeFault } from './store-errors.js';

export const DATABASE_FILE = 'triagent.sqlite';
const LOG_FILE = `${DATABASE_FILE}-wal`;

const BUSY_TIMEOUT_MS = 2_000;

/** A larger file is not read whole at each start; damage in it shows as `STORE_DAMAGED` when a statement meets it. */
const FULL_CHECK_BYTES = 256 * 1024 * 1024;

/** https://sqlite.org/fileformat2.html#walformat: either byte order of the checksums, or a log that was never written. */
const LOG_MAGICS: readonly number[] = [0x377f0682, 0x377f0683, 0];

/**
 * Checks the file of a data folder without changing a byte of it, then applies the pending migrations. Synchronous: it
 * runs once, before anything is served.
 *
 * @returns the path of the file
 * @throws `STORE_DAMAGED`, `STORE_SCHEMA_NEWER`, `STORE_READONLY`, `STORE_FULL`
 */
export function prepareDatabaseFile(dir: string, migrations: readonly Migration[]): string {
  const file = join(dir, DATABASE_FILE);
  try {
    inspectDatabaseFile(file, migrations.at(-1)?.id ?? 0);
    migrate(file, migrations);
    return file;
  } catch (error) {
    throw storeFault(error);
  }
}

/** Checks a database file without changing a byte of it. @throws `STORE_DAMAGED`, `STORE_SCHEMA_NEWER` */
export function inspectDatabaseFile(file: string, newestKnown: number): void {
  const log = `${file}-wal`;
  if (sizeOf(file) === 0) {
    // SQLite would discard a log that has no file, and with it what was committed last.
    if (sizeOf(log) > 0) throw damaged(DATABASE_FILE, 'it is missing or empty while its log is there');
    return;
  }
  // Nor would it say a word about a log that it cannot read.
  if (sizeOf(log) > 0 && !LOG_MAGICS.includes(firstWord(log))) throw damaged(LOG_FILE, 'it is not a log');

  // Only a start that was killed while it made the file leaves a rollback journal, which a reader cannot roll back.
  const db = new DatabaseSync(file, { readOnly: !existsSync(`${file}-journal`) });
  try {
    const finding = check(db, newestKnown, sizeOf(file) <= FULL_CHECK_BYTES);
    if (finding !== 'ok') throw damaged(DATABASE_FILE, finding);
  } finally {
    db.close();
  }
}

/** `ok`, or what SQLite says is wrong. */
function check(db: DatabaseSync, newestKnown: number, whole: boolean): string {
  try {
    const version = versionOf(db);
    if (version > newestKnown) throw newer(version, newestKnown);
    return whole ? String(db.prepare('PRAGMA quick_check(1)').get()?.quick_check) : 'ok';
  } catch (error) {
    if (isFault(error) || storeFault(error).code !== 'STORE_DAMAGED') throw error;
    return String((error as Partial<Error>).message);
  }
}

function migrate(file: string, migrations: readonly Migration[]): void {
  const db = new DatabaseSync(file, { timeout: BUSY_TIMEOUT_MS });
  try {
    const version = versionOf(db);
    const pending = migrations.filter(({ id }) => id > version);
    if (pending.length === 0) return;
    db.exec('PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL; BEGIN IMMEDIATE');
    for (const { id, sql } of pending) db.exec(`${sql}; PRAGMA user_version = ${id}`);
    db.exec('COMMIT');
  } finally {
    db.close();
  }
}

const versionOf = (db: DatabaseSync) => Number(db.prepare('PRAGMA user_version').get()?.user_version);

const sizeOf = (path: string): number => statSync(path, { throwIfNoEntry: false })?.size ?? 0;

function firstWord(path: string): number {
  const word = Buffer.alloc(4);
  const handle = openSync(path, 'r');
  try {
    readSync(handle, word);
  } finally {
    closeSync(handle);
  }
  return word.readUInt32BE();
}

const damaged = (name: string, finding: string): Fault =>
  fault('STORE_DAMAGED', {
    detail: `${name} is damaged: ${finding.replace(/\s+/g, ' ')}.`,
    kept: 'The file was left as it is.',
    next: `Restore ${DATABASE_FILE} from a backup and remove ${LOG_FILE}, or move both away to start empty.`,
  });

const newer = (version: number, newestKnown: number): Fault =>
  fault('STORE_SCHEMA_NEWER', {
    detail: `${DATABASE_FILE} has schema ${version}; this version knows ${newestKnown}.`,
    kept: 'The file was left as it is.',
  });
