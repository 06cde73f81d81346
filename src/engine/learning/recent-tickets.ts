import { rarity } from '../knowledge/query.js';
import { dampedCount, SIGNATURE_TERMS, type Signature, termOf } from './signature.js';

export interface RecentTicket {
  /** Ascending in the order in which tickets came. */
  readonly number: number;
  readonly signature: Signature;
}

export interface LikeTicket {
  readonly number: number;
  /** Cosine of the two signatures, weighted by how rare their terms are: 0 to 1. */
  readonly score: number;
}

/** The newest tickets of one tenant, for finding those that are like one of them. */
export interface RecentTickets {
  /** Number of the newest ticket; 0 where there is none. */
  newest(): number;
  /** Adds a ticket that came after all others; the oldest one makes room. */
  add(ticket: RecentTicket): void;
  /** Tickets before `before` that score at least `least`, best first. */
  like(signature: Signature, before: number, least: number): readonly LikeTicket[];
}

export const RECENT_TICKETS = 16_384;
/**
 * Tickets that are taken to have come before the first one, with other terms: among few tickets every shared term would
 * seem common, and two reports of one incident unlike. Costs 0 to 3 points of false alarms on gitbugs (dev).
 */
export const EARLIER_TICKETS = 300;
const BUCKETS = 2 ** 16;
/** Postings of one term that are looked at, newest first: a term with more says little. */
const MOST_POSTINGS = 400;
/** Tickets that are compared word by word: those that share most. */
const MOST_COMPARED = 20;

/**
 * An inverted index in a ring: each ticket has a row of words, and each word knows how far back the last one of its bucket
 * stands. A row is overwritten when the ring has come round, and a chain ends where it would leave the ring, so that memory
 * is bounded (5 MB when 16,384 tickets fill it, and untouched pages cost nothing) and nothing is ever rebuilt.
 */
export function createRecentTickets(capacity = RECENT_TICKETS): RecentTickets {
  const words = new Uint32Array(capacity * SIGNATURE_TERMS);
  const backSteps = new Uint32Array(capacity * SIGNATURE_TERMS);
  const numbers = new Float64Array(capacity);
  const shared = new Float64Array(capacity);
  /** By bucket: place of its newest word, counted from the first word ever, plus 1; and how many tickets hold it. */
  const heads = new Float64Array(BUCKETS);
  const holders = new Uint32Array(BUCKETS);
  let added = 0;
  let newest = 0;

  const bucketOf = (word: number) => termOf(word) % BUCKETS;
  const rowAt = (row: number) => words.subarray(row * SIGNATURE_TERMS, (row + 1) * SIGNATURE_TERMS);
  const weightOf = (word: number) =>
    dampedCount(word) * rarity(EARLIER_TICKETS + Math.min(added, capacity), holders[bucketOf(word)] ?? 0);
  const lengthOf = (weights: Iterable<number>) => {
    let squares = 0;
    for (const weight of weights) squares += weight ** 2;
    return Math.sqrt(squares);
  };
  const weigh = (row: Signature) => {
    const weights = new Map<number, number>();
    for (const word of row) if (word !== 0) weights.set(termOf(word), weightOf(word));
    return weights;
  };

  /** Rows that share a term with the weights, with a lower bound of their product. */
  function sharing(own: ReadonlyMap<number, number>, signature: Signature, before: number): number[] {
    const rows: number[] = [];
    const oldest = Math.max(0, added - capacity) * SIGNATURE_TERMS;
    for (const word of signature) {
      const weight = own.get(termOf(word)) ?? 0;
      let at = (heads[bucketOf(word)] ?? 0) - 1;
      for (let seen = 0; at >= oldest && seen < MOST_POSTINGS; seen += 1) {
        const place = at % words.length;
        const row = Math.floor(place / SIGNATURE_TERMS);
        const other = words[place] ?? 0;
        if (termOf(other) === termOf(word) && (numbers[row] ?? 0) < before) {
          if (shared[row] === 0) rows.push(row);
          shared[row] = (shared[row] ?? 0) + (weight * weight * dampedCount(other)) / dampedCount(word);
        }
        const back = backSteps[place] ?? 0;
        if (back === 0) break;
        at -= back;
      }
    }
    rows.sort((a, b) => (shared[b] ?? 0) - (shared[a] ?? 0));
    for (const row of rows) shared[row] = 0;
    return rows.slice(0, MOST_COMPARED);
  }

  return {
    newest: () => newest,

    add({ number, signature }) {
      const row = added % capacity;
      const cells = rowAt(row);
      for (const word of cells) if (word !== 0) holders[bucketOf(word)] = (holders[bucketOf(word)] ?? 1) - 1;
      cells.fill(0);
      cells.set(signature);
      signature.forEach((word, index) => {
        const bucket = bucketOf(word);
        const at = added * SIGNATURE_TERMS + index;
        const head = heads[bucket] ?? 0;
        const back = head === 0 ? 0 : at + 1 - head;
        backSteps[at % words.length] = back < words.length ? back : 0;
        heads[bucket] = at + 1;
        holders[bucket] = (holders[bucket] ?? 0) + 1;
      });
      numbers[row] = number;
      newest = number;
      added += 1;
    },

    like(signature, before, least) {
      const own = weigh(signature);
      const length = lengthOf(own.values());
      const found: LikeTicket[] = [];
      for (const row of sharing(own, signature, before)) {
        const theirs = weigh(rowAt(row));
        let product = 0;
        for (const [term, weight] of theirs) product += weight * (own.get(term) ?? 0);
        const score = Math.min(1, product / (length * lengthOf(theirs.values())));
        if (score >= least) found.push({ number: numbers[row] ?? 0, score });
      }
      return found.sort((a, b) => b.score - a.score || b.number - a.number);
    },
  };
}
