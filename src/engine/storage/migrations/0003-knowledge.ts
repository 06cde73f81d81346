import type { Migration } from './migration.js';

/**
 * What a tenant has written down and solved. The full-text tables are not here: each tenant has its own, made with its
 * first document (knowledge/stores/shelf.ts), so that neither hits nor term statistics can cross tenants.
 */
export const knowledge: Migration = {
  id: 3,
  name: 'knowledge',
  sql: `
    CREATE TABLE knowledge_documents (
      number     INTEGER PRIMARY KEY AUTOINCREMENT,
      tenant     TEXT    NOT NULL,
      id         TEXT    NOT NULL,
      collection TEXT    NOT NULL,
      title      TEXT    NOT NULL,
      body       TEXT    NOT NULL,
      url        TEXT,
      tags       TEXT    NOT NULL,
      groups     TEXT    NOT NULL,
      metadata   TEXT    NOT NULL,
      hash       TEXT    NOT NULL,
      source     TEXT    NOT NULL,
      updated_at INTEGER NOT NULL,
      UNIQUE (tenant, id)
    ) STRICT;

    -- A passage is the slice [start, finish) of its document's body in UTF-16 units.
    CREATE TABLE knowledge_passages (
      number   INTEGER PRIMARY KEY AUTOINCREMENT,
      document INTEGER NOT NULL REFERENCES knowledge_documents (number) ON DELETE CASCADE,
      position INTEGER NOT NULL,
      headings TEXT    NOT NULL,
      start    INTEGER NOT NULL,
      finish   INTEGER NOT NULL,
      UNIQUE (document, position)
    ) STRICT;

    CREATE TABLE solved_tickets (
      number     INTEGER PRIMARY KEY AUTOINCREMENT,
      tenant     TEXT    NOT NULL,
      id         TEXT    NOT NULL,
      subject    TEXT    NOT NULL,
      body       TEXT    NOT NULL,
      category   TEXT,
      queue      TEXT,
      priority   TEXT,
      articles   TEXT    NOT NULL,
      resolution TEXT    NOT NULL,
      created_at TEXT,
      locale     TEXT,
      metadata   TEXT    NOT NULL,
      hash       TEXT    NOT NULL,
      source     TEXT    NOT NULL,
      updated_at INTEGER NOT NULL,
      UNIQUE (tenant, id)
    ) STRICT;

    -- Grows with every change to a tenant's documents or tickets: names what an answer was made from.
    CREATE TABLE knowledge_versions (
      tenant  TEXT    PRIMARY KEY,
      version INTEGER NOT NULL
    ) STRICT, WITHOUT ROWID;
  `,
};
