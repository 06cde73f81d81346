import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Database } from './database.js';
import { openDatabase } from './open-database.js';

export interface TemporaryDatabase {
  readonly database: Database;
  readonly dir: string;
  /** Closes the database and removes its folder. */
  remove(): Promise<void>;
}

/** A real database with the whole schema in a folder of its own, for specs. */
export async function openTemporaryDatabase(): Promise<TemporaryDatabase> {
  const dir = mkdtempSync(join(tmpdir(), 'triagent-spec-'));
  const database = await openDatabase({ dir });
  return {
    database,
    dir,
    remove: async () => {
      await database.close();
      rmSync(dir, { recursive: true, force: true });
    },
  };
}
