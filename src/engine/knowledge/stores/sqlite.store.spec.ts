import { openTemporaryDatabase } from '../../storage/temporary-database.fixture.js';
import { describeKnowledgeStore } from '../store.conformance.js';
import { createShelves } from './shelf.js';
import { createSqliteStore } from './sqlite.store.js';

const clock = { now: () => 1_767_225_600_000, monotonic: () => 0 };

describeKnowledgeStore('The SQLite store', async () => {
  const { database, remove } = await openTemporaryDatabase();
  return { store: createSqliteStore(database, createShelves(database), clock), close: remove };
});
