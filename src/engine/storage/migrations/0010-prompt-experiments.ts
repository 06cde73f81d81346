import type { Migration } from './migration.js';

/**
 * Versions of a prompt that share the runs of a tenant. A row is its own audit: who began it when, who ended it when. How the
 * versions did is read off the runs.
 */
export const promptExperiments: Migration = {
  id: 10,
  name: 'prompt experiments',
  sql: `
    CREATE TABLE prompt_experiments (
      number     INTEGER PRIMARY KEY AUTOINCREMENT,
      tenant     TEXT    NOT NULL,
      name       TEXT    NOT NULL,
      arms       TEXT    NOT NULL,
      started_by TEXT    NOT NULL,
      started_at INTEGER NOT NULL,
      stopped_by TEXT,
      stopped_at INTEGER
    ) STRICT;
    CREATE UNIQUE INDEX prompt_experiments_running ON prompt_experiments (tenant, name) WHERE stopped_at IS NULL;
  `,
};
