import type { Migration } from './migration.js';

/** Replies of models that are given again to the same question (`models.cache: exact`). */
export const modelReplies: Migration = {
  id: 9,
  name: 'model-replies',
  sql: `
    CREATE TABLE model_replies (
      -- Grows with every reply, so that the oldest ones can leave.
      number  INTEGER PRIMARY KEY AUTOINCREMENT,
      tenant  TEXT    NOT NULL,
      -- A hash of everything that matters for the reply.
      key     TEXT    NOT NULL,
      reply   TEXT    NOT NULL,
      kept_at INTEGER NOT NULL
    ) STRICT;
    CREATE UNIQUE INDEX model_replies_by_key ON model_replies (tenant, key);
    CREATE INDEX model_replies_by_age ON model_replies (tenant, number);
  `,
};
