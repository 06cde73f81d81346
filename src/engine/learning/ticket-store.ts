import { z } from 'zod';
import type { Clock } from '../../../agents/ports.js';
import { analyse } from '../knowledge/analysis.js';
import { json } from '../knowledge/stores/json-column.js';
import { createKeptRows, type KeptRows } from '../knowledge/stores/kept-rows.js';
import { anyOf, type Shelf, type Shelves, vocabulary } from '../knowledge/stores/shelf.js';
import { nextVersion } from '../knowledge/stores/sqlite.store.js';
import type { SolvedTicketInput } from '../runtime.contract.js';
import type { Database, Row, Statement } from '../storage/database.js';
import type { LabelledText } from './classifier/learn.js';

export interface PreparedTicket {
  readonly ticket: SolvedTicketInput;
  readonly metadata: Readonly<Record<string, unknown>>;
  readonly source: string;
  readonly hash: string;
}

/** How common terms are among a tenant's tickets. Terms that only one ticket holds are left out. */
export interface TicketStatistics {
  readonly tickets: number;
  readonly frequencies: ReadonlyMap<string, number>;
}

export interface LabelUse {
  readonly category: string;
  readonly queue: string | null;
  readonly priority: string | null;
  readonly count: number;
}

/** Solved tickets of each tenant. */
export interface TicketStore extends KeptRows {
  /** Adds or replaces: all or none. */
  put(tenant: string, tickets: readonly PreparedTicket[]): Promise<void>;
  remove(tenant: string, ids: readonly string[]): Promise<void>;
  get(tenant: string, ids: readonly string[]): Promise<readonly SolvedTicketInput[]>;
  /** Id and hash of the tickets that share terms, by BM25. */
  candidates(tenant: string, terms: readonly string[], limit: number): Promise<ReadonlyMap<string, string>>;
  statistics(tenant: string): Promise<TicketStatistics>;
  /** Which labels the tickets bear, most frequent first. */
  labels(tenant: string): Promise<readonly LabelUse[]>;
  count(tenant: string): Promise<number>;
  /** All tickets as a classifier learns from them, in the order in which they came. */
  labelled(tenant: string): Promise<readonly LabelledText[]>;
}

const row = z.object({
  id: z.string(),
  subject: z.string(),
  body: z.string(),
  category: z.string().nullable(),
  queue: z.string().nullable(),
  priority: z.string().nullable(),
  articles: json(z.array(z.string())),
  resolution: z.string(),
  created_at: z.string().nullable(),
  locale: z.string().nullable(),
});

const labelRow = z.object({
  category: z.string(),
  queue: z.string().nullable(),
  priority: z.string().nullable(),
  count: z.number(),
});

function kept(stored: Row): SolvedTicketInput {
  const { created_at: createdAt, category, queue, priority, locale, ...rest } = row.parse(stored);
  return {
    ...rest,
    ...(category !== null && { category }),
    ...(queue !== null && { queue }),
    ...(priority !== null && { priority }),
    ...(createdAt !== null && { createdAt }),
    ...(locale !== null && { locale }),
  };
}

function forget({ tickets }: Shelf, tenant: string, id: string): Statement[] {
  const params = [tenant, id];
  return [
    {
      sql: `DELETE FROM ${tickets} WHERE rowid IN (SELECT number FROM solved_tickets WHERE tenant = ? AND id = ?)`,
      params,
    },
    { sql: 'DELETE FROM solved_tickets WHERE tenant = ? AND id = ?', params },
  ];
}

function keep({ tickets }: Shelf, tenant: string, prepared: PreparedTicket, now: number): Statement[] {
  const { ticket, metadata, hash, source } = prepared;
  return [
    {
      sql: `INSERT INTO solved_tickets (tenant, id, subject, body, category, queue, priority, articles, resolution,
              created_at, locale, metadata, hash, source, updated_at)
            VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`,
      params: [
        tenant,
        ticket.id,
        ticket.subject,
        ticket.body,
        ticket.category ?? null,
        ticket.queue ?? null,
        ticket.priority ?? null,
        JSON.stringify(ticket.articles ?? []),
        ticket.resolution ?? '',
        ticket.createdAt ?? null,
        ticket.locale ?? null,
        JSON.stringify(metadata),
        hash,
        source,
        now,
      ],
    },
    {
      sql: `INSERT INTO ${tickets} (rowid, subject, body)
            SELECT number, ?, ? FROM solved_tickets WHERE tenant = ? AND id = ?`,
      params: [analyse(ticket.subject).join(' '), analyse(ticket.body).join(' '), tenant, ticket.id],
    },
  ];
}

/** Tickets that are read at once. */
const PAGE = 500;
const NO_TICKETS: TicketStatistics = { tickets: 0, frequencies: new Map() };

/** The embedded ticket memory's tables. */
export function createTicketStore(database: Database, shelves: Shelves, clock: Clock): TicketStore {
  /** Tickets are compared by all their terms, so the whole vocabulary is held until the next change. */
  const statistics = new Map<string, Promise<TicketStatistics>>();

  async function loadStatistics(tenant: string): Promise<TicketStatistics> {
    const shelf = await shelves.find(tenant);
    if (!shelf) return NO_TICKETS;
    const [tickets, terms] = await Promise.all([
      database.read('SELECT count(*) AS count FROM solved_tickets WHERE tenant = ?', [tenant]),
      database.read(`SELECT term, doc FROM ${vocabulary(shelf.tickets)} WHERE doc > 1`),
    ]);
    return {
      tickets: Number(tickets[0]?.count),
      frequencies: new Map(terms.map(({ term, doc }) => [String(term), Number(doc)])),
    };
  }

  async function change(tenant: string, unit: readonly Statement[]): Promise<void> {
    await database.commit([...unit, nextVersion(tenant)]);
    statistics.delete(tenant);
  }

  return {
    ...createKeptRows(database, 'solved_tickets'),

    async put(tenant, tickets) {
      const shelf = await shelves.open(tenant);
      const now = clock.now();
      const unit = tickets.flatMap((prepared) => [
        ...forget(shelf, tenant, prepared.ticket.id),
        ...keep(shelf, tenant, prepared, now),
      ]);
      await change(tenant, unit);
    },

    async remove(tenant, ids) {
      const shelf = await shelves.find(tenant);
      if (!shelf || ids.length === 0) return;
      await change(
        tenant,
        ids.flatMap((id) => forget(shelf, tenant, id)),
      );
    },

    async get(tenant, ids) {
      const rows = await database.read(
        'SELECT * FROM solved_tickets WHERE tenant = ? AND id IN (SELECT value FROM json_each(?))',
        [tenant, JSON.stringify(ids)],
      );
      return rows.map(kept);
    },

    async candidates(tenant, terms, limit) {
      const shelf = await shelves.find(tenant);
      if (!shelf || terms.length === 0) return new Map();
      const rows = await database.read(
        `SELECT t.id, t.hash FROM ${shelf.tickets} AS f CROSS JOIN solved_tickets AS t ON t.number = f.rowid
         WHERE ${shelf.tickets} MATCH ? AND t.tenant = ? ORDER BY f.rank LIMIT ?`,
        [anyOf(terms), tenant, limit],
      );
      return new Map(rows.map(({ id, hash }) => [String(id), String(hash)]));
    },

    statistics(tenant) {
      const known = statistics.get(tenant) ?? loadStatistics(tenant);
      statistics.set(tenant, known);
      known.catch(() => statistics.delete(tenant));
      return known;
    },

    async labels(tenant) {
      const rows = await database.read(
        `SELECT category, queue, priority, count(*) AS count FROM solved_tickets
         WHERE tenant = ? AND category IS NOT NULL GROUP BY category, queue, priority ORDER BY count DESC, category`,
        [tenant],
      );
      return rows.map((found) => labelRow.parse(found));
    },

    async labelled(tenant) {
      const found: LabelledText[] = [];
      let after = 0;
      for (;;) {
        const rows = await database.read(
          `SELECT * FROM solved_tickets WHERE tenant = ? AND number > ? ORDER BY number LIMIT ?`,
          [tenant, after, PAGE],
        );
        for (const stored of rows) {
          const { subject, body, ...ticket } = kept(stored);
          found.push({ ...ticket, text: `${subject}\n${body}` });
          after = Number(stored.number);
        }
        if (rows.length < PAGE) return found;
      }
    },

    async count(tenant) {
      const rows = await database.read('SELECT count(*) AS count FROM solved_tickets WHERE tenant = ?', [
        tenant,
      ]);
      return Number(rows[0]?.count);
    },
  };
}
