import type { Migration } from './migration.js';

/** What was learned from a tenant's solved tickets, the newest versions; `report` says how good each is. */
export const classifiers: Migration = {
  id: 8,
  name: 'classifiers',
  sql: `
    CREATE TABLE ticket_classifiers (
      tenant     TEXT    NOT NULL,
      version    INTEGER NOT NULL,
      tickets    INTEGER NOT NULL,
      -- Names the embedding that it reads; empty where it reads none.
      embedding  TEXT    NOT NULL,
      trained_at INTEGER NOT NULL,
      report     TEXT    NOT NULL,
      body       BLOB    NOT NULL,
      PRIMARY KEY (tenant, version)
    ) STRICT;
  `,
};
