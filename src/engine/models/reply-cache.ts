import { z } from 'zod';
import type { ModelCall } from '../../../agents/ports.js';
import type { Database } from '../storage/database.js';
import type { Answer } from './ask-model.js';

/** How much is kept of one tenant, and for how long: models change behind their names. */
const MOST_REPLIES = 5_000;
const MOST_CHARS = 65_536;
const MOST_DAYS = 30;
const DAY_MS = 86_400_000;

/** Replies of models by everything that matters for them, in the store, each tenant's apart. */
export interface ReplyCache {
  find(tenant: string, key: string): Promise<unknown>;
  /** Keeps a reply, unless it is very long; the oldest ones leave. */
  keep(tenant: string, key: string, reply: unknown): Promise<void>;
}

/** @param now milliseconds since the Unix epoch */
export function createReplyCache(database: Database, now: () => number): ReplyCache {
  return {
    async find(tenant, key) {
      const [row] = await database.read(
        'SELECT reply FROM model_replies WHERE tenant = ? AND key = ? AND kept_at > ?',
        [tenant, key, now() - MOST_DAYS * DAY_MS],
      );
      return row === undefined ? undefined : JSON.parse(String(row.reply));
    },
    async keep(tenant, key, reply) {
      const text = JSON.stringify(reply);
      if (text.length > MOST_CHARS) return;
      const at = now();
      await database.commit([
        {
          sql: 'INSERT OR REPLACE INTO model_replies (tenant, key, reply, kept_at) VALUES (?, ?, ?, ?)',
          params: [tenant, key, text, at],
        },
        {
          sql: `DELETE FROM model_replies WHERE tenant = ?1 AND (kept_at <= ?2 OR number <= (
                  SELECT number FROM model_replies WHERE tenant = ?1 ORDER BY number DESC LIMIT 1 OFFSET ?3))`,
          params: [tenant, at - MOST_DAYS * DAY_MS, MOST_REPLIES],
        },
      ]);
    },
  };
}

/** A cache that was turned off keeps nothing. */
export async function clearReplyCache(database: Database): Promise<void> {
  await database.commit([{ sql: 'DELETE FROM model_replies' }]);
}

const keptReply = z.object({
  text: z.string(),
  toolCalls: z.array(z.object({ id: z.string(), name: z.string(), args: z.record(z.string(), z.unknown()) })),
  output: z.unknown(),
});

/** A kept reply, checked anew against what is asked; null for one that does not fit. */
export function readReply(kept: unknown, { output }: Pick<ModelCall<unknown>, 'output'>): Answer | null {
  const reply = keptReply.safeParse(kept);
  return reply.success && (!output || output.schema.safeParse(reply.data.output).success) ? reply.data : null;
}
