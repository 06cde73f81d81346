import { queryTerms, rarity } from '../knowledge/query.js';
import type { TicketStatistics } from './ticket-store.js';

/** Terms of a ticket with a damped count. */
export type TicketTerms = ReadonlyMap<string, number>;

/** The terms of a ticket or a question; a subject counts twice because it is written to say what the ticket is about. */
export const ticketTerms = (subject: string, body: string): TicketTerms =>
  new Map(
    queryTerms([subject, subject, body].join('\n')).map(({ term, count }) => [term, 1 + Math.log(count)]),
  );

const weight = (terms: TicketTerms, term: string, { tickets, frequencies }: TicketStatistics) =>
  (terms.get(term) ?? 0) * rarity(tickets, frequencies.get(term) ?? 1);

function length(terms: TicketTerms, statistics: TicketStatistics): number {
  let squares = 0;
  for (const term of terms.keys()) squares += weight(terms, term, statistics) ** 2;
  return Math.sqrt(squares);
}

/** Cosine of the two texts' tf-idf vectors, 0 to 1: 1 for the same text, comparable between queries. */
export function similarity(a: TicketTerms, b: TicketTerms, statistics: TicketStatistics): number {
  const [fewer, more] = a.size <= b.size ? [a, b] : [b, a];
  let product = 0;
  for (const term of fewer.keys()) {
    if (more.has(term)) product += weight(a, term, statistics) * weight(b, term, statistics);
  }
  if (product === 0) return 0;
  return Math.min(1, product / (length(a, statistics) * length(b, statistics)));
}
