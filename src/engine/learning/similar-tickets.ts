import type { SimilarTicket } from '../../../agents/ports.js';
import { createBoundedCache } from '../knowledge/bounded-cache.js';
import { queryTerms, weighQuery } from '../knowledge/query.js';
import type { SolvedTicketInput } from '../runtime.contract.js';
import { similarity, type TicketVector, ticketVector } from './ticket-similarity.js';
import type { TicketStatistics, TicketStore } from './ticket-store.js';

/** Finds the tenant's solved tickets that are most like a text, best first. */
export type FindSimilar = (tenant: string, text: string, limit: number) => Promise<readonly SimilarTicket[]>;

interface ReadTicket {
  readonly ticket: SolvedTicketInput;
  readonly vector: TicketVector;
}

interface Answer {
  /** Characters of what was asked. */
  readonly weight: number;
  /** Those that the answer was found with; new ones mean that the tickets have changed. */
  readonly statistics: TicketStatistics;
  readonly found: Promise<readonly SimilarTicket[]>;
}

const CANDIDATES = 40;
const CACHED_CHARACTERS = 8 * 1024 * 1024;
const REMEMBERED_CHARACTERS = 256 * 1024;

const shown = ({ ticket }: ReadTicket, score: number): SimilarTicket => ({
  id: ticket.id,
  subject: ticket.subject,
  body: ticket.body,
  category: ticket.category ?? null,
  queue: ticket.queue ?? null,
  priority: ticket.priority ?? null,
  articles: ticket.articles ?? [],
  resolution: ticket.resolution ?? '',
  score,
});

/**
 * BM25 proposes, the cosine of tf-idf vectors judges, so that a score means the same for every question. One run asks
 * for the same text several times (triage, duplicates, search), so that the last answers are kept.
 */
export function createFindSimilar(store: TicketStore): FindSimilar {
  const cache = createBoundedCache<ReadTicket>(CACHED_CHARACTERS, ({ ticket }) => ticket.body.length + 500);
  const answers = createBoundedCache<Answer>(REMEMBERED_CHARACTERS, ({ weight }) => weight + 500);
  const keyOf = (tenant: string, id: string, hash: string) => JSON.stringify([tenant, id, hash]);

  async function read(tenant: string, wanted: ReadonlyMap<string, string>): Promise<readonly ReadTicket[]> {
    const cached = [...wanted].map(([id, hash]) => [id, cache.get(keyOf(tenant, id, hash))] as const);
    const missing = cached.flatMap(([id, found]) => (found ? [] : [id]));
    const loaded = missing.length === 0 ? [] : await store.get(tenant, missing);
    const fresh = loaded.map((ticket) => {
      const made = { ticket, vector: ticketVector(ticket.subject, ticket.body) };
      cache.set(keyOf(tenant, ticket.id, wanted.get(ticket.id) ?? ''), made);
      return made;
    });
    return [...cached.flatMap(([, found]) => found ?? []), ...fresh];
  }

  async function judge(
    tenant: string,
    text: string,
    statistics: TicketStatistics,
    limit: number,
  ): Promise<readonly SimilarTicket[]> {
    const passages = statistics.tickets;
    const asked = weighQuery(queryTerms(text), { passages, frequencies: statistics.frequencies });
    const terms = [...asked.weights.keys()];
    const wanted = await store.candidates(tenant, terms, limit);
    const own = ticketVector('', text);
    return (await read(tenant, wanted))
      .map((found) => shown(found, similarity(own, found.vector, statistics)))
      .sort((a, b) => b.score - a.score || (a.id < b.id ? -1 : 1));
  }

  return async (tenant, text, limit) => {
    const statistics = await store.statistics(tenant);
    if (limit > CANDIDATES) return judge(tenant, text, statistics, limit);
    const key = JSON.stringify([tenant, text]);
    const known = answers.get(key);
    if (known?.statistics === statistics) return (await known.found).slice(0, limit);
    const found = judge(tenant, text, statistics, CANDIDATES);
    answers.set(key, { statistics, weight: key.length, found });
    found.catch(() => answers.delete(key));
    return (await found).slice(0, limit);
  };
}
