import type { Migration } from './migration.js';

/**
 * LangGraph's checkpoints. A checkpoint's body names the version of each channel; the value of a version is stored once,
 * so that a step writes only the channels it changed. Every key begins with the thread, which is how a run is forgotten.
 */
export const checkpoints: Migration = {
  id: 2,
  name: 'checkpoints',
  sql: `
    CREATE TABLE checkpoints (
      thread_id TEXT NOT NULL,
      ns        TEXT NOT NULL,
      id        TEXT NOT NULL,
      parent_id TEXT,
      body      TEXT NOT NULL,
      metadata  TEXT NOT NULL,
      PRIMARY KEY (thread_id, ns, id)
    ) STRICT, WITHOUT ROWID;

    CREATE TABLE checkpoint_values (
      thread_id TEXT NOT NULL,
      ns        TEXT NOT NULL,
      channel   TEXT NOT NULL,
      version   ANY  NOT NULL,
      kind      TEXT NOT NULL,
      value     TEXT NOT NULL,
      PRIMARY KEY (thread_id, ns, channel, version)
    ) STRICT, WITHOUT ROWID;

    CREATE TABLE checkpoint_writes (
      thread_id     TEXT    NOT NULL,
      ns            TEXT    NOT NULL,
      checkpoint_id TEXT    NOT NULL,
      task_id       TEXT    NOT NULL,
      idx           INTEGER NOT NULL,
      channel       TEXT    NOT NULL,
      value         TEXT,
      PRIMARY KEY (thread_id, ns, checkpoint_id, task_id, idx)
    ) STRICT, WITHOUT ROWID;
  `,
};
