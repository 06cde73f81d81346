import type { Migration } from './migration.js';

/**
 * Labels of prompts that were moved while the host runs. Rows are only ever added: the newest of a label holds in place of
 * `labels.json`, and all of them together say who moved what when.
 */
export const promptLabels: Migration = {
  id: 7,
  name: 'prompt labels',
  sql: `
    CREATE TABLE prompt_labels (
      number     INTEGER PRIMARY KEY AUTOINCREMENT,
      tenant     TEXT    NOT NULL,
      name       TEXT    NOT NULL,
      label      TEXT    NOT NULL,
      version    TEXT    NOT NULL,
      -- What held before, in the file or in a row; null where nothing did.
      previous   TEXT,
      principal  TEXT    NOT NULL,
      created_at INTEGER NOT NULL
    ) STRICT;
    CREATE INDEX prompt_labels_newest ON prompt_labels (tenant, name, label, number);
  `,
};
