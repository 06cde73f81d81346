import type { Database } from './database.js';
import { prepareDatabaseFile } from './database-file.js';
import { migrations as allMigrations, type Migration } from './migrations/index.js';
import { startStorageWorker } from './storage-worker.js';

const PAGE_BYTES = 4096;

export interface DatabaseOptions {
  /** An existing folder, held by `lockDataDir`. */
  readonly dir: string;
  /** Every step of the schema unless a test names others. */
  readonly migrations?: readonly Migration[];
  /** Size that the file may reach; beyond it `STORE_FULL`, as on a full disk. Unlimited by default. */
  readonly maxBytes?: number;
}

/**
 * Opens `triagent.sqlite` in a folder, or makes it, brings its schema up to date and starts its two threads.
 * A unit's statements that return rows (SELECT, RETURNING) count their rows as changes.
 *
 * @throws `STORE_DAMAGED` or `STORE_SCHEMA_NEWER` where the file is not to be touched (it is left as it was),
 * `STORE_READONLY` or `STORE_FULL` where it cannot be written.
 */
export async function openDatabase({
  dir,
  migrations = allMigrations,
  maxBytes,
}: DatabaseOptions): Promise<Database> {
  const file = prepareDatabaseFile(dir, migrations);
  const maxPages = maxBytes === undefined ? {} : { maxPages: Math.ceil(maxBytes / PAGE_BYTES) };
  const starting = [
    startStorageWorker({ file, role: 'writer', ...maxPages }),
    startStorageWorker({ file, role: 'reader' }),
  ] as const;
  const [writer, reader] = await Promise.all(starting).catch(async (error: unknown) => {
    await Promise.allSettled(starting.map(async (worker) => (await worker).close()));
    throw error;
  });
  return {
    commit: (unit) => writer.run(unit),
    read: async (sql, params = []) => (await reader.run([{ sql, params }])).rows[0] ?? [],
    close: async () => {
      await Promise.all([writer.close(), reader.close()]);
    },
  };
}
