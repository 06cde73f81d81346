import type { Migration } from './migration.js';

/**
 * A triage is a run whose request is a ticket: what lists of triages need is read off the run itself, so that accepting
 * one writes nothing more. Beside it stands what people said about results; it goes with the run.
 */
export const triage: Migration = {
  id: 4,
  name: 'triage',
  sql: `
    ALTER TABLE runs ADD COLUMN ticket_id TEXT;
    ALTER TABLE runs ADD COLUMN triage_status TEXT GENERATED ALWAYS AS
      (coalesce(outcome, CASE status WHEN 'pending' THEN 'queued' ELSE 'running' END)) VIRTUAL;
    CREATE INDEX runs_triages ON runs (tenant, number) WHERE ticket_id IS NOT NULL;
    CREATE INDEX runs_triages_by_status ON runs (tenant, triage_status, number) WHERE ticket_id IS NOT NULL;

    -- Every correction as it was given.
    CREATE TABLE corrections (
      number     INTEGER PRIMARY KEY,
      run_id     TEXT    NOT NULL REFERENCES runs (run_id) ON DELETE CASCADE,
      principal  TEXT    NOT NULL,
      body       TEXT    NOT NULL,
      created_at INTEGER NOT NULL
    ) STRICT;
    CREATE INDEX corrections_by_run ON corrections (run_id);

    -- Whether a result was right in one field, by the newest correction that speaks of it.
    CREATE TABLE judgements (
      tenant  TEXT    NOT NULL,
      run_id  TEXT    NOT NULL REFERENCES runs (run_id) ON DELETE CASCADE,
      field   TEXT    NOT NULL,
      correct INTEGER NOT NULL,
      PRIMARY KEY (run_id, field)
    ) STRICT, WITHOUT ROWID;
    CREATE INDEX judgements_by_tenant ON judgements (tenant, field, correct);
  `,
};
