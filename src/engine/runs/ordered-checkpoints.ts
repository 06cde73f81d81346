import type { Database } from '../storage/database.js';
import type { EventLog } from './event-log.js';

/**
 * The database as the checkpointer sees it: its writes join the log of the run they belong to. A node whose result is on
 * disk is not run again, so everything it told and recorded must be there first.
 */
export function orderedCheckpoints(database: Database, log: EventLog): Database {
  return {
    ...database,
    async commit(unit) {
      await log.alongside(String(unit[0]?.params?.[0]), unit);
      return { ok: true, rows: [], changes: [] };
    },
  };
}
