import type { Database } from '../storage/database.js';
import type { RecentTicket } from './recent-tickets.js';
import { bytesOf, type Signature, signatureFrom } from './signature.js';

export interface IncomingTicket {
  readonly threadId: string;
  readonly ticketId: string;
  readonly signature: Signature;
}

/** Tickets as they came in, solved or not; each goes with its thread. */
export interface IncomingStore {
  /** Keeps a ticket once a thread and gives its number; numbers ascend in the order of arrival. */
  remember(tenant: string, ticket: IncomingTicket): Promise<number>;
  /** The newest `limit` tickets after a number, in order. */
  since(tenant: string, number: number, limit: number): Promise<readonly RecentTicket[]>;
  /** Ticket ids by number, of those that are still kept and came on other threads. */
  idsOf(tenant: string, threadId: string, numbers: readonly number[]): Promise<ReadonlyMap<number, string>>;
}

// The update that changes nothing makes RETURNING tell the number of a ticket that was remembered before.
const REMEMBER = `INSERT INTO incoming_tickets (tenant, thread_id, ticket_id, signature) VALUES (?, ?, ?, ?)
  ON CONFLICT (tenant, thread_id) DO UPDATE SET ticket_id = ticket_id RETURNING number`;

export function createIncomingStore(database: Database): IncomingStore {
  return {
    async remember(tenant, { threadId, ticketId, signature }) {
      const { rows } = await database.commit([
        { sql: REMEMBER, params: [tenant, threadId, ticketId, bytesOf(signature)] },
      ]);
      return Number(rows[0]?.[0]?.number);
    },

    async since(tenant, number, limit) {
      const rows = await database.read(
        `SELECT number, signature FROM incoming_tickets WHERE tenant = ? AND number > ?
          ORDER BY number DESC LIMIT ?`,
        [tenant, number, limit],
      );
      return rows
        .map(({ number: own, signature }) => ({
          number: Number(own),
          signature: signatureFrom(signature instanceof Uint8Array ? signature : new Uint8Array()),
        }))
        .reverse();
    },

    async idsOf(tenant, threadId, numbers) {
      if (numbers.length === 0) return new Map();
      const rows = await database.read(
        `SELECT number, ticket_id FROM incoming_tickets
          WHERE number IN (SELECT value FROM json_each(?)) AND tenant = ? AND thread_id <> ?`,
        [JSON.stringify(numbers), tenant, threadId],
      );
      return new Map(rows.map(({ number, ticket_id }) => [Number(number), String(ticket_id)]));
    },
  };
}
