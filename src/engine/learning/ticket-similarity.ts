import { queryTerms, rarity } from '../knowledge/query.js';
import type { TicketStatistics } from './ticket-store.js';

/** A text as a vector: its terms with a damped count. */
export interface TicketVector {
  readonly counts: ReadonlyMap<string, number>;
  /** Euclidean length of the weighted vector, kept for the statistics that it was last asked for. */
  length(statistics: TicketStatistics): number;
}

const idf = (term: string, { tickets, frequencies }: TicketStatistics) =>
  rarity(tickets, frequencies.get(term) ?? 1);

/** The vector of a ticket or a question; a subject counts twice because it is written to say what the ticket is about. */
export function ticketVector(subject: string, body: string): TicketVector {
  const terms = queryTerms([subject, subject, body].join('\n'));
  const counts = new Map(terms.map(({ term, count }) => [term, 1 + Math.log(count)]));
  let measured: { statistics: TicketStatistics; length: number } | undefined;
  return {
    counts,
    length(statistics) {
      if (measured?.statistics === statistics) return measured.length;
      let squares = 0;
      for (const [term, count] of counts) squares += (count * idf(term, statistics)) ** 2;
      measured = { statistics, length: Math.sqrt(squares) };
      return measured.length;
    },
  };
}

/** Cosine of two tf-idf vectors, 0 to 1: 1 for the same text, comparable between queries. */
export function similarity(a: TicketVector, b: TicketVector, statistics: TicketStatistics): number {
  const [fewer, more] = a.counts.size <= b.counts.size ? [a.counts, b.counts] : [b.counts, a.counts];
  let product = 0;
  for (const [term, count] of fewer) {
    const other = more.get(term);
    if (other !== undefined) product += count * other * idf(term, statistics) ** 2;
  }
  return product === 0 ? 0 : Math.min(1, product / (a.length(statistics) * b.length(statistics)));
}
