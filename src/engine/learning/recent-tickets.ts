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
/** Postings that are looked at for one ticket, those of its rarest terms first, the newest of each first. */
const MOST_POSTINGS = 1_200;
const MOST_POSTINGS_OF_A_TERM = 200;
/** Tickets that are compared word by word: those that share most. */
const MOST_COMPARED = 12;

/**
 * An inverted index in a ring: each ticket has a row of words, and each word knows how far back the last one of its bucket
 * stands. A row is overwritten when the ring has come round, and a chain ends where it would leave the ring, so that memory
 * is bounded (5 MB when 16,384 tickets fill it, and untouched pages cost nothing) and nothing is ever rebuilt.
 */
export function createRecentTickets(capacity = RECENT_TICKETS): RecentTickets {
  const words = new Uint32Array(capacity * SIGNATURE_TERMS);
  const backSteps = new Int32Array(capacity * SIGNATURE_TERMS);
  const numbers = new Float64Array(capacity);
  const shared = new Float64Array(capacity);
  /** By bucket: place of its newest word, counted from the first word ever, plus 1; and how many tickets hold it. */
  const heads = new Float64Array(BUCKETS);
  const holders = new Uint32Array(BUCKETS);
  let added = 0;
  let newest = 0;

  const bucketOf = (word: number) => termOf(word) % BUCKETS;
  const rowAt = (row: number) => words.subarray(row * SIGNATURE_TERMS, (row + 1) * SIGNATURE_TERMS);
  const rarityOf = (word: number) =>
    rarity(EARLIER_TICKETS + Math.min(added, capacity), holders[bucketOf(word)] ?? 0);
  const lengthOf = (row: Signature) => {
    let squares = 0;
    for (const word of row) if (word !== 0) squares += (dampedCount(word) * rarityOf(word)) ** 2;
    return Math.sqrt(squares);
  };

  /** What each term of a ticket gives to the product with another one that counts it once. */
  const weigh = (signature: Signature) =>
    new Map(Array.from(signature, (word) => [termOf(word), dampedCount(word) * rarityOf(word) ** 2]));

  const rarestFirst = (weights: ReadonlyMap<number, number>) =>
    [...weights].sort(([a], [b]) => (holders[a % BUCKETS] ?? 0) - (holders[b % BUCKETS] ?? 0));

  const productWith = (own: ReadonlyMap<number, number>, row: Signature) => {
    let product = 0;
    for (const word of row) product += dampedCount(word) * (own.get(termOf(word)) ?? 0);
    return product;
  };

  /** Rows whose product with the weights is largest by the postings that were looked at. */
  function nearest(own: ReadonlyMap<number, number>, before: number): readonly number[] {
    const touched: number[] = [];
    const oldest = Math.max(0, added - capacity) * SIGNATURE_TERMS;
    let looked = 0;
    for (const [term, weight] of rarestFirst(own)) {
      if (looked >= MOST_POSTINGS) break;
      const head = (heads[term % BUCKETS] ?? 0) - 1;
      // Whole numbers of 32 bits within the loop: it is most of what a look costs.
      let place = Math.trunc(head % words.length);
      let left = Math.trunc(Math.max(-1, head - oldest));
      for (let seen = 0; left >= 0 && seen < MOST_POSTINGS_OF_A_TERM; seen += 1) {
        looked += 1;
        const row = Math.trunc(place / SIGNATURE_TERMS);
        const word = words[place] ?? 0;
        if (termOf(word) === term && (numbers[row] ?? 0) < before) {
          if (shared[row] === 0) touched.push(row);
          shared[row] = (shared[row] ?? 0) + weight * dampedCount(word);
        }
        const back = backSteps[place] ?? 0;
        if (back === 0) break;
        left -= back;
        place -= back;
        if (place < 0) place += words.length;
      }
    }
    const best = largest(touched, (row) => shared[row] ?? 0, MOST_COMPARED);
    for (const row of touched) shared[row] = 0;
    return best;
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
      const length = lengthOf(signature);
      return nearest(own, before)
        .map((row) => {
          const product = productWith(own, rowAt(row));
          const score = Math.min(1, product / (length * lengthOf(rowAt(row))));
          return { number: numbers[row] ?? 0, score };
        })
        .filter(({ score }) => score >= least)
        .sort((a, b) => b.score - a.score || b.number - a.number);
    },
  };
}

/** The `most` items that are worth most, best first, without sorting the many others. */
function largest(
  items: readonly number[],
  worthOf: (item: number) => number,
  most: number,
): readonly number[] {
  const best: number[] = [];
  const worths: number[] = [];
  for (const item of items) {
    const worth = worthOf(item);
    if (best.length === most) {
      if (worth <= (worths.at(-1) ?? 0)) continue;
      best.pop();
      worths.pop();
    }
    let at = worths.length;
    while (at > 0 && (worths[at - 1] ?? 0) < worth) at -= 1;
    best.splice(at, 0, item);
    worths.splice(at, 0, worth);
  }
  return best;
}
