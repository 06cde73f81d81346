import { type ChildProcessByStdio, spawn } from 'node:child_process';
import { once } from 'node:events';
import { chmodSync, existsSync, mkdirSync, mkdtempSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { hostname, tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import type { Readable } from 'node:stream';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { isFault } from '../../../agents/contracts/errors.js';
import { lockDataDir } from './data-dir.js';
import type { Migration } from './migrations/index.js';
import { openDatabase } from './open-database.js';

const NOBODY = 65_534;

const rows: Migration = { id: 1, name: 'rows', sql: 'CREATE TABLE rows (id INTEGER PRIMARY KEY) STRICT' };

/** Lets Node run our sources as they are: their imports name the built files. */
const TYPESCRIPT = `data:text/javascript,${encodeURIComponent(`
  import { registerHooks } from 'node:module';
  const ours = (context) => context.parentURL?.endsWith('.ts');
  registerHooks({
    resolve: (name, context, next) => next(ours(context) ? name.replace(/^(\\..*)\\.js$/, '$1.ts') : name, context),
  });
`)}`;

/** Holds the folder and writes rows into its store, telling each number once it is on disk. */
const HOLDER = `
  const [, dir, rows] = process.argv;
  const { lockDataDir } = await import('${new URL('./data-dir.ts', import.meta.url)}');
  const { openDatabase } = await import('${new URL('./open-database.ts', import.meta.url)}');
  await lockDataDir(dir);
  const database = await openDatabase({ dir, migrations: [JSON.parse(rows)] });
  for (let id = 0; ; id += 1) {
    await database.commit([{ sql: 'INSERT INTO rows VALUES (?)', params: [id] }]);
    process.stdout.write(id + '\\n');
  }
`;

type Holder = ChildProcessByStdio<null, Readable, null>;

const startHolder = (dir: string): Holder =>
  spawn(
    process.execPath,
    ['--import', TYPESCRIPT, '--input-type=module', '-e', HOLDER, dir, JSON.stringify(rows)],
    {
      stdio: ['ignore', 'pipe', 'inherit'],
    },
  );

/** Runs as a user whom file permissions stop: nothing stops root. */
async function asStranger<T>(run: () => Promise<T>): Promise<T> {
  const { getuid, seteuid } = process;
  if (!getuid || !seteuid || getuid() !== 0) return run();
  seteuid(NOBODY);
  try {
    return await run();
  } finally {
    seteuid(0);
  }
}

describe('a data folder', () => {
  let base: string;
  let dir: string;
  const refusal = (folder: string) => lockDataDir(folder).catch((error: unknown) => error);

  beforeEach(() => {
    base = mkdtempSync(join(tmpdir(), 'triagent-data-dir-'));
    chmodSync(base, 0o755);
    dir = join(base, 'made', 'here');
  });
  afterEach(() => {
    rmSync(base, { recursive: true });
  });

  it('is made for its owner alone, held, and free again', async () => {
    const lock = await lockDataDir(dir);
    expect(statSync(dir).mode & 0o777).toBe(0o700);
    const error = await refusal(dir);
    expect(error).toMatchObject({ code: 'DATA_DIR_LOCKED' });
    expect(String(error)).toContain(`Process ${process.pid} on ${hostname()}, started `);
    expect(String(error)).not.toContain(base);

    lock.release();
    lock.release();
    expect(existsSync(join(dir, 'lock.json'))).toBe(false);
    (await lockDataDir(dir)).release();
  });

  it('is held even where the note about its holder is lost', async () => {
    const lock = await lockDataDir(dir);
    writeFileSync(join(dir, 'lock.json'), '{"pid":');
    expect(String(await refusal(dir))).toContain('Another process holds the data folder');
    lock.release();
  });

  it('is held by another process until that is killed, and has every row that was acknowledged', async () => {
    const holder = startHolder(dir);
    const acknowledged: number[] = [];
    let whileHeld: unknown;
    for await (const line of createInterface({ input: holder.stdout })) {
      acknowledged.push(Number(line));
      if (acknowledged.length !== 20) continue;
      whileHeld = await refusal(dir);
      holder.kill('SIGKILL');
    }
    if (holder.signalCode === null) await once(holder, 'exit');
    expect(String(whileHeld)).toContain(`DATA_DIR_LOCKED: Process ${holder.pid} on`);
    expect(acknowledged.length).toBeGreaterThanOrEqual(20);

    const lock = await lockDataDir(dir);
    const database = await openDatabase({ dir, migrations: [rows] });
    const kept = await database.read('SELECT id FROM rows ORDER BY id LIMIT ?', [acknowledged.length]);
    await database.close();
    lock.release();
    expect(kept.map(({ id }) => id)).toEqual(acknowledged);
  });

  it.each(['file', 'file/below'])('is refused where a file stands in its place: %s', async (place) => {
    writeFileSync(join(base, 'file'), 'mine');
    const error = await refusal(join(base, place));
    expect(error).toMatchObject({
      code: 'DATA_DIR_UNUSABLE',
      detail: expect.stringContaining('A file stands'),
    });
    expect(isFault(error) && error.detail).not.toContain(base);
  });

  it('is refused where no folder can be made', async () => {
    expect(await refusal('/proc/triagent/below')).toMatchObject({ code: 'DATA_DIR_UNUSABLE' });
  });

  it('is refused where this user may not write', async () => {
    mkdirSync(join(base, 'closed'));
    chmodSync(join(base, 'closed'), 0o555);
    const inside = await asStranger(() => refusal(join(base, 'closed')));
    expect(inside).toMatchObject({ code: 'DATA_DIR_UNUSABLE' });
    const below = await asStranger(() => refusal(join(base, 'closed', 'below')));
    expect(below).toMatchObject({ detail: expect.stringContaining('This user may not write there') });
  });

  it('gives no store where this user may not write', async () => {
    const database = await openDatabase({ dir: base, migrations: [rows] });
    await database.close();
    chmodSync(base, 0o555);
    const closed = () => openDatabase({ dir: base, migrations: [rows] }).catch((error: unknown) => error);
    expect(await asStranger(closed)).toMatchObject({ code: 'STORE_READONLY' });
  });
});
