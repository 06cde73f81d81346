import { mkdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { hostname } from 'node:os';
import { dirname, join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { z } from 'zod';
import { type Fault, fault } from '../../../agents/contracts/errors.js';
import { storeFault } from './store-errors.js';

const LOCK_FILE = 'lock.sqlite';
const HOLDER_FILE = 'lock.json';

/** Two processes that start at once may each see the other's first step: one of them must outwait the other. */
const LOCK_TIMEOUT_MS = 200;

/** Who holds a data folder: told to the process that comes second, never used to decide. */
const Holder = z.object({ pid: z.int(), host: z.string(), startedAt: z.string() });
type Holder = z.infer<typeof Holder>;

/** Locks in use: a connection that nothing refers to would be collected, and its lock with it. */
const held = new Set<DatabaseSync>();

export interface DataDirLock {
  release(): void;
}

/**
 * Makes a data folder (for its owner alone) and holds it for this process. The lock is the operating system's own, on
 * a file that SQLite keeps locked: the kernel drops it with the process, however that ends.
 *
 * @throws `DATA_DIR_LOCKED` naming the holder, `DATA_DIR_UNUSABLE`, `STORE_FULL`
 */
export async function lockDataDir(dir: string): Promise<DataDirLock> {
  const lock = openLock(dir);
  const holderFile = join(dir, HOLDER_FILE);
  try {
    lock.exec('BEGIN EXCLUSIVE');
    writeFileSync(holderFile, JSON.stringify(thisProcess()), { mode: 0o600 });
  } catch (error) {
    lock.close();
    throw storeFault(error).code === 'STORE_BUSY' ? locked(holderFile) : unusable(error);
  }
  held.add(lock);
  return {
    release: () => {
      if (!held.delete(lock)) return;
      rmSync(holderFile, { force: true });
      lock.close();
    },
  };
}

function openLock(dir: string): DatabaseSync {
  try {
    makeFolder(dir);
    return new DatabaseSync(join(dir, LOCK_FILE), { timeout: LOCK_TIMEOUT_MS });
  } catch (error) {
    throw unusable(error);
  }
}

/** Node's recursive mkdir never returns where a folder exists and yet answers ENOENT, as `/proc` does. */
function makeFolder(dir: string): void {
  if (statSync(dir, { throwIfNoEntry: false })?.isDirectory()) return;
  makeFolder(dirname(dir));
  mkdirSync(dir, { mode: 0o700 });
}

const thisProcess = (): Holder => ({
  pid: process.pid,
  host: hostname(),
  startedAt: new Date(performance.timeOrigin).toISOString(),
});

function locked(holderFile: string): Fault {
  const holder = readHolder(holderFile);
  const who = holder
    ? `Process ${holder.pid} on ${holder.host}, started ${holder.startedAt},`
    : 'Another process';
  return fault('DATA_DIR_LOCKED', { detail: `${who} holds the data folder.` });
}

/** Null in the instant before a new holder has written its name, or where the note cannot be read. */
function readHolder(holderFile: string): Holder | null {
  try {
    return Holder.parse(JSON.parse(readFileSync(holderFile, 'utf8')));
  } catch {
    return null;
  }
}

const FULL_DISK_ERRORS: readonly unknown[] = ['ENOSPC', 'EDQUOT', 'EFBIG'];

const REASONS: Readonly<Record<string, string>> = {
  EEXIST: 'A file stands in its place.',
  ENOTDIR: 'A file stands in its place.',
  EACCES: 'This user may not write there.',
  EPERM: 'This user may not write there.',
  EROFS: 'The file system is read-only.',
};

function unusable(cause: unknown): Fault {
  const code = (cause as Partial<NodeJS.ErrnoException>).code ?? '';
  if (FULL_DISK_ERRORS.includes(code) || storeFault(cause).code === 'STORE_FULL')
    return fault('STORE_FULL', { cause });
  const reason = REASONS[code] ?? 'It cannot be written.';
  return fault('DATA_DIR_UNUSABLE', { detail: `The data folder cannot be used. ${reason}`, cause });
}
