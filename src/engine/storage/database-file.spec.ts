import { cpSync, existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import type { Migration } from './migrations/index.js';
import { openDatabase } from './open-database.js';

const PAGE = 4096;
const notes: Migration = { id: 1, name: 'notes', sql: 'CREATE TABLE notes (text TEXT NOT NULL) STRICT' };
const tags: Migration = {
  id: 2,
  name: 'tags',
  sql: "CREATE TABLE tags (name TEXT); INSERT INTO tags VALUES ('vpn')",
};

describe('the database file', () => {
  let dir: string;
  const at = (name: string) => join(dir, name);
  const open = (migrations: readonly Migration[] = [notes]) => openDatabase({ dir, migrations });
  const fill = async (rows: number) => {
    const database = await open();
    for (let row = 0; row < rows; row += 1) {
      await database.commit([{ sql: 'INSERT INTO notes VALUES (?)', params: [`${row} ${'x'.repeat(500)}`] }]);
    }
    return database;
  };
  const countNotes = async () => {
    const database = await open();
    const [row] = await database.read('SELECT count(*) AS n FROM notes');
    await database.close();
    return row?.n;
  };

  beforeEach(() => {
    dir = mkdtempSync(join(tmpdir(), 'triagent-file-'));
  });
  afterEach(() => {
    rmSync(dir, { recursive: true });
  });

  it.each<[damage: string, change: (whole: Buffer) => Buffer]>([
    ['garbage', () => Buffer.from('not a database '.repeat(1_000))],
    ['a few bytes', (whole) => whole.subarray(0, 10)],
    ['half a page', (whole) => whole.subarray(0, 2_000)],
    ['a lost end', (whole) => whole.subarray(0, whole.length - 2 * PAGE)],
    ['a torn last page', (whole) => whole.subarray(0, whole.length - 2_000)],
    ['a spoilt header', (whole) => Buffer.from(whole).fill(0xff, 16, 40)],
    ['a spoilt page', (whole) => Buffer.from(whole).fill(0x5a, 3 * PAGE, 3 * PAGE + 64)],
    ['a zeroed page', (whole) => Buffer.from(whole).fill(0, 2 * PAGE, 3 * PAGE)],
  ])('is refused with %s, and left as it is', async (_, change) => {
    await (await fill(60)).close();
    const damaged = change(readFileSync(at('triagent.sqlite')));
    writeFileSync(at('triagent.sqlite'), damaged);
    for (const _attempt of [1, 2]) {
      await expect(open([notes, tags])).rejects.toMatchObject({
        code: 'STORE_DAMAGED',
        detail: expect.stringMatching(/^triagent\.sqlite is damaged: .+\.$/),
        kept: 'The file was left as it is.',
        next: expect.stringContaining('Restore triagent.sqlite from a backup'),
      });
      expect(readFileSync(at('triagent.sqlite')).equals(damaged)).toBe(true);
    }
  });

  it('is refused where its log is no log, or is all there is', async () => {
    const database = await fill(3);
    cpSync(at('triagent.sqlite-wal'), at('saved'));
    await database.close();

    writeFileSync(at('triagent.sqlite-wal'), 'spoilt');
    await expect(open()).rejects.toMatchObject({
      code: 'STORE_DAMAGED',
      detail: expect.stringContaining('-wal is'),
    });
    expect(readFileSync(at('triagent.sqlite-wal'), 'utf8')).toBe('spoilt');

    cpSync(at('saved'), at('triagent.sqlite-wal'));
    rmSync(at('triagent.sqlite'));
    await expect(open()).rejects.toMatchObject({
      code: 'STORE_DAMAGED',
      detail: expect.stringContaining('missing'),
    });
    expect(existsSync(at('triagent.sqlite'))).toBe(false);
    expect(readFileSync(at('triagent.sqlite-wal')).equals(readFileSync(at('saved')))).toBe(true);
  });

  it('opens after a crash with its log, after a close without one', async () => {
    const database = await fill(5);
    const crashed = mkdtempSync(join(tmpdir(), 'triagent-file-'));
    cpSync(dir, crashed, { recursive: true });
    await database.close();
    expect(readdirSync(dir)).toEqual(['triagent.sqlite']);
    expect(await countNotes()).toBe(5);

    rmSync(dir, { recursive: true });
    dir = crashed;
    expect(await countNotes()).toBe(5);
  });

  it('opens where the start that made it was killed in the middle', async () => {
    const made = new DatabaseSync(at('making'));
    made.exec(
      'PRAGMA cache_size = 1; CREATE TABLE early (x); BEGIN; INSERT INTO early VALUES (zeroblob(90000))',
    );
    cpSync(at('making'), at('triagent.sqlite'));
    cpSync(at('making-journal'), at('triagent.sqlite-journal'));
    made.close();
    expect(await countNotes()).toBe(0);
  });

  it('from a newer version is refused and left as it is', async () => {
    await (await open([notes, tags])).close();
    const before = readFileSync(at('triagent.sqlite'));
    await expect(open([notes])).rejects.toMatchObject({
      code: 'STORE_SCHEMA_NEWER',
      detail: 'triagent.sqlite has schema 2; this version knows 1.',
    });
    expect(readFileSync(at('triagent.sqlite')).equals(before)).toBe(true);
  });

  it('gets each migration once, in order', async () => {
    await (await fill(2)).close();
    for (const _start of [1, 2]) {
      const database = await open([notes, tags]);
      expect(await database.read('SELECT name, (SELECT count(*) FROM notes) AS notes FROM tags')).toEqual([
        { name: 'vpn', notes: 2 },
      ]);
      expect(await database.read('PRAGMA user_version')).toEqual([{ user_version: 2 }]);
      await database.close();
    }
  });

  it('keeps nothing of the migrations where one fails', async () => {
    await (await fill(1)).close();
    const broken: Migration = {
      id: 3,
      name: 'broken',
      sql: 'CREATE TABLE half (x); INSERT INTO nowhere VALUES (1)',
    };
    await expect(open([notes, tags, broken])).rejects.toMatchObject({ code: 'INTERNAL' });
    const database = await open();
    expect(await database.read("SELECT name FROM sqlite_schema WHERE type = 'table'")).toEqual([
      { name: 'notes' },
    ]);
    await database.close();
  });
});
