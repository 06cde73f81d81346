import type { Migration } from './migration.js';

/**
 * Tickets as they came in, for finding duplicates among them. Not the texts, which the runs hold, but what is compared
 * (learning/signature.ts); a row goes with its thread.
 */
export const incoming: Migration = {
  id: 5,
  name: 'incoming',
  sql: `
    CREATE TABLE incoming_tickets (
      number    INTEGER PRIMARY KEY AUTOINCREMENT,
      tenant    TEXT    NOT NULL,
      thread_id TEXT    NOT NULL,
      ticket_id TEXT    NOT NULL,
      signature BLOB    NOT NULL,
      UNIQUE (tenant, thread_id)
    ) STRICT;
    CREATE INDEX incoming_tickets_by_arrival ON incoming_tickets (tenant, number);
  `,
};
