import type { Migration } from './migration.js';

/**
 * Threads, their transcript and turns, the ledger of runs, the event log and the journal. Everything that belongs to a
 * tenant has the tenant in its key.
 */
export const runs: Migration = {
  id: 1,
  name: 'runs',
  sql: `
    CREATE TABLE threads (
      tenant     TEXT NOT NULL,
      thread_id  TEXT NOT NULL,
      metadata   TEXT NOT NULL,
      created_at INTEGER NOT NULL,
      updated_at INTEGER NOT NULL,
      PRIMARY KEY (tenant, thread_id)
    ) STRICT, WITHOUT ROWID;
    CREATE INDEX threads_by_age ON threads (tenant, updated_at DESC);

    -- Each entry of a transcript once; a turn names the ranges of positions that it sees.
    CREATE TABLE messages (
      tenant     TEXT NOT NULL,
      thread_id  TEXT NOT NULL,
      position   INTEGER NOT NULL,
      message_id TEXT NOT NULL,
      body       TEXT NOT NULL,
      PRIMARY KEY (tenant, thread_id, position)
    ) STRICT, WITHOUT ROWID;
    CREATE INDEX messages_by_id ON messages (tenant, thread_id, message_id);

    -- The thread's state at the end of each turn, without its messages; body is zstd-compressed JSON.
    CREATE TABLE turns (
      tenant        TEXT NOT NULL,
      thread_id     TEXT NOT NULL,
      number        INTEGER NOT NULL,
      run_id        TEXT,
      checkpoint_id TEXT NOT NULL,
      parent_id     TEXT,
      source        TEXT NOT NULL,
      ranges        TEXT NOT NULL,
      body          BLOB NOT NULL,
      created_at    INTEGER NOT NULL,
      PRIMARY KEY (tenant, thread_id, number)
    ) STRICT, WITHOUT ROWID;

    CREATE TABLE runs (
      number          INTEGER PRIMARY KEY,
      run_id          TEXT NOT NULL UNIQUE,
      tenant          TEXT NOT NULL,
      thread_id       TEXT NOT NULL,
      status          TEXT NOT NULL,
      outcome         TEXT,
      principal       TEXT NOT NULL,
      request         TEXT NOT NULL,
      metadata        TEXT NOT NULL,
      idempotency_key TEXT,
      body_hash       TEXT,
      graph           TEXT NOT NULL,
      attempts        INTEGER NOT NULL DEFAULT 0,
      -- Attempts since the journal last grew, and how long it was at the last attempt.
      stalled         INTEGER NOT NULL DEFAULT 0,
      journaled       INTEGER NOT NULL DEFAULT -1,
      manifest        TEXT,
      usage           TEXT,
      error           TEXT,
      receipt         TEXT,
      accepted_at     INTEGER NOT NULL,
      started_at      INTEGER,
      ended_at        INTEGER
    ) STRICT;
    CREATE UNIQUE INDEX runs_by_key ON runs (tenant, idempotency_key) WHERE idempotency_key IS NOT NULL;
    CREATE INDEX runs_by_thread ON runs (tenant, thread_id, number);
    CREATE INDEX runs_open ON runs (number) WHERE ended_at IS NULL;

    -- The event log. A segment holds the frames of one write, a line each, as text; a finished run is sealed into one
    -- segment of zstd bytes.
    CREATE TABLE events (
      tenant    TEXT NOT NULL,
      thread_id TEXT NOT NULL,
      first_seq INTEGER NOT NULL,
      last_seq  INTEGER NOT NULL,
      run_id    TEXT,
      sealed    INTEGER NOT NULL,
      frames    ANY NOT NULL,
      PRIMARY KEY (tenant, thread_id, first_seq)
    ) STRICT, WITHOUT ROWID;

    -- What models and tools answered in unfinished runs, and every tool effect with its intent and outcome.
    CREATE TABLE journal (
      run_id     TEXT NOT NULL,
      key        TEXT NOT NULL,
      kind       TEXT NOT NULL,
      request    TEXT NOT NULL,
      outcome    TEXT,
      intended_at INTEGER NOT NULL,
      ended_at   INTEGER,
      PRIMARY KEY (run_id, key)
    ) STRICT, WITHOUT ROWID;
  `,
};
