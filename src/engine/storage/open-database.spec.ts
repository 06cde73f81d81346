import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import type { Database, Statement } from './database.js';
import type { Migration } from './migrations/index.js';
import { type DatabaseOptions, openDatabase } from './open-database.js';

const notes: Migration = {
  id: 1,
  name: 'notes',
  sql: `CREATE TABLE notes (id INTEGER PRIMARY KEY, text TEXT NOT NULL, data BLOB) STRICT;
        CREATE TABLE counters (name TEXT PRIMARY KEY, value INTEGER NOT NULL) STRICT`,
};

const insert = (id: number, text = `note ${id}`): Statement => ({
  sql: 'INSERT INTO notes (id, text) VALUES (?, ?)',
  params: [id, text],
});

/** Transactions in the log: its frames that end a commit (https://sqlite.org/fileformat2.html#walformat). */
function committedTransactions(dir: string): number {
  const log = readFileSync(join(dir, 'triagent.sqlite-wal'));
  const frame = 24 + log.readUInt32BE(8);
  let commits = 0;
  for (let at = 32; at + frame <= log.length; at += frame) if (log.readUInt32BE(at + 4) > 0) commits += 1;
  return commits;
}

describe('openDatabase', () => {
  let dir: string;
  let database: Database;
  const open = async (options: Omit<DatabaseOptions, 'dir'> = {}) => {
    database = await openDatabase({ dir, migrations: [notes], ...options });
  };
  const ids = async () => (await database.read('SELECT id FROM notes ORDER BY id')).map(({ id }) => id);

  beforeEach(async () => {
    dir = mkdtempSync(join(tmpdir(), 'triagent-database-'));
    await open();
  });
  afterEach(async () => {
    await database.close();
    rmSync(dir, { recursive: true });
  });

  it('commits a unit, returns its rows and shows it to the reader at once', async () => {
    const result = await database.commit([
      insert(1),
      { sql: 'UPDATE notes SET text = upper(text)' },
      { sql: 'SELECT text FROM notes WHERE id = ?', params: [1] },
      { sql: 'DELETE FROM notes WHERE id = ? RETURNING id', params: [7] },
    ]);
    expect(result).toEqual({ ok: true, rows: [[], [], [{ text: 'NOTE 1' }], []], changes: [1, 1, 1, 0] });
    expect(await database.read('SELECT id, text FROM notes')).toEqual([{ id: 1, text: 'NOTE 1' }]);
  });

  it('keeps text, bytes, nulls and numbers as they are', async () => {
    const bytes = new Uint8Array([0, 255, 7]);
    await database.commit([
      { sql: 'INSERT INTO notes VALUES (?, ?, ?)', params: [2 ** 40, 'naïve \u{1f511}\0', bytes] },
    ]);
    const [row] = await database.read('SELECT *, NULL AS absent FROM notes');
    expect(row).toEqual({ id: 2 ** 40, text: 'naïve \u{1f511}\0', data: bytes, absent: null });
  });

  it('runs units in the order of the calls', async () => {
    const append = (text: string): Statement[] => [
      {
        sql: 'INSERT INTO notes VALUES (1, ?, NULL) ON CONFLICT DO UPDATE SET text = text || excluded.text',
        params: [text],
      },
    ];
    await Promise.all([...'abcdefghij'].map((letter) => database.commit(append(letter))));
    expect(await database.read('SELECT text FROM notes')).toEqual([{ text: 'abcdefghij' }]);
  });

  it('commits everything that gathers during a commit in one transaction', async () => {
    const before = committedTransactions(dir);
    const first = database.commit([insert(0)]);
    await new Promise((resolve) => setImmediate(resolve));
    const rest = Array.from({ length: 200 }, (_, index) => database.commit([insert(index + 1)]));
    await Promise.all([first, ...rest]);
    expect(committedTransactions(dir) - before).toBe(2);
    expect(await ids()).toHaveLength(201);
  });

  it('writes a transaction for each unit that waited for the one before', async () => {
    const before = committedTransactions(dir);
    for (let id = 0; id < 5; id += 1) await database.commit([insert(id)]);
    expect(committedTransactions(dir) - before).toBe(5);
  });

  it('undoes a whole unit whose guard changes nothing, and only that unit', async () => {
    const units: Statement[][] = [
      [insert(1)],
      [insert(2), { sql: 'UPDATE notes SET text = ? WHERE id = 99', params: ['x'], guard: true }, insert(3)],
      [{ sql: 'UPDATE notes SET text = ? WHERE id = 1', params: ['y'], guard: true }, insert(4)],
    ];
    const results = await Promise.all(units.map((unit) => database.commit(unit)));
    expect(results.map(({ ok }) => ok)).toEqual([true, false, true]);
    expect(results[1]).toEqual({ ok: false, failedAt: 1, rows: [[], []], changes: [1, 0] });
    expect(await ids()).toEqual([1, 4]);
  });

  it('refuses a unit that breaks a rule of its table, keeping its neighbours', async () => {
    const [first, twice, broken, last] = await Promise.allSettled([
      database.commit([insert(1)]),
      database.commit([insert(2), insert(1)]),
      database.commit([{ sql: 'INSERT INTO nowhere VALUES (1)' }]),
      database.commit([insert(3)]),
    ]);
    expect([first.status, last.status]).toEqual(['fulfilled', 'fulfilled']);
    expect(twice).toMatchObject({ reason: { code: 'CONFLICT' } });
    expect(broken).toMatchObject({ reason: { code: 'INTERNAL' } });
    expect(await ids()).toEqual([1, 3]);
  });

  it('cannot write through the reader', async () => {
    await expect(database.read('DELETE FROM notes RETURNING id')).rejects.toMatchObject({
      code: 'STORE_READONLY',
    });
  });

  it('finishes what it has when it is closed, then refuses', async () => {
    const writes = Array.from({ length: 50 }, (_, id) => database.commit([insert(id)]));
    const closed = database.close();
    await expect(database.commit([insert(99)])).rejects.toMatchObject({ code: 'DRAINING' });
    await Promise.all([...writes, closed, database.close()]);
    await open();
    expect(await ids()).toHaveLength(50);
  });

  it('refuses more than may wait', async () => {
    const huge: Statement = {
      sql: 'INSERT INTO notes VALUES (?, ?, ?)',
      params: [1, 'huge', new Uint8Array(65 << 20)],
    };
    await expect(database.commit([huge])).rejects.toMatchObject({ code: 'STORE_BUSY' });
    const flood = await Promise.allSettled(
      Array.from({ length: 20_100 }, (_, id) => database.commit([insert(id)])),
    );
    const refused = flood.filter(({ status }) => status === 'rejected');
    expect(refused).toHaveLength(100);
    expect(refused[0]).toMatchObject({ reason: { code: 'STORE_BUSY' } });
    expect(await ids()).toHaveLength(20_000);
    await database.commit([insert(30_000)]);
  });

  it('says that the disk is full, keeps what was acknowledged and goes on once there is room', async () => {
    await database.close();
    await open({ maxBytes: 64 * 1024 });
    const acknowledged: number[] = [];
    const error = await (async () => {
      for (let id = 0; ; id += 1) {
        await database.commit([insert(id, 'x'.repeat(3_000))]);
        acknowledged.push(id);
      }
    })().catch((thrown: unknown) => thrown);
    expect(error).toMatchObject({ code: 'STORE_FULL' });
    expect(acknowledged.length).toBeGreaterThan(2);
    expect(await ids()).toEqual(acknowledged);

    await database.commit([{ sql: 'DELETE FROM notes WHERE id < 2' }]);
    await database.commit([insert(1000, 'x'.repeat(3_000))]);
    expect(await ids()).toEqual([...acknowledged.slice(2), 1000]);
  });
});
