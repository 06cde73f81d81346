import { join } from 'node:path';
import { DATABASE_FILE } from '../../storage/database-file.js';
import { createNearest } from '../../storage/nearest.js';
import { openTemporaryDatabase } from '../../storage/temporary-database.fixture.js';
import { describeMeaning } from '../meaning.conformance.js';
import { describeKnowledgeStore } from '../store.conformance.js';
import { createShelves } from './shelf.js';
import { createSqliteStore } from './sqlite.store.js';

const clock = { now: () => 1_767_225_600_000, monotonic: () => 0 };

async function open() {
  const { database, dir, remove } = await openTemporaryDatabase();
  const nearest = createNearest({ file: join(dir, DATABASE_FILE) });
  const store = createSqliteStore({ database, shelves: createShelves(database), nearest, clock });
  return {
    store,
    close: async () => {
      await nearest.close();
      await remove();
    },
  };
}

describeKnowledgeStore('The SQLite store', open);
describeMeaning('The SQLite store', open);
