import { queryTerms } from '../knowledge/query.js';

/**
 * What a ticket is about in a few numbers: a word for each of its first distinct terms, 28 bits of the term's hash and
 * 4 bits of how often it stands there. Small enough to keep for every ticket that comes in.
 */
export type Signature = Uint32Array;

/**
 * Terms of a signature. Measured on gitbugs (dev): a ticket says at its beginning what it is about, so the first 32
 * terms tell duplicates apart better than 48, 64 or all of them, which bring logs and signatures in.
 */
export const SIGNATURE_TERMS = 32;

const COUNT_BITS = 4;
const MOST_COUNTED = 2 ** COUNT_BITS - 1;

/** FNV-1a, the upper 28 of its 32 bits. */
function hashOf(term: string): number {
  let hash = 0x811c9dc5;
  for (let at = 0; at < term.length; at += 1) hash = Math.imul(hash ^ term.charCodeAt(at), 0x01000193);
  return hash >>> COUNT_BITS;
}

/** The signature of a ticket's text; its first line, the subject, is written to say what it is about and counts twice. */
export function signatureOf(text: string): Signature {
  const [subject = ''] = text.split('\n', 1);
  const counts = new Map<number, number>();
  for (const { term, count } of queryTerms(`${subject}\n${text}`).slice(0, SIGNATURE_TERMS))
    counts.set(hashOf(term), count);
  return Uint32Array.from(counts, ([hash, count]) => hash * 2 ** COUNT_BITS + Math.min(count, MOST_COUNTED));
}

/** The term of a signature's word, as a number below 2^28. */
export const termOf = (word: number): number => word >>> COUNT_BITS;

const DAMPED = Array.from({ length: MOST_COUNTED + 1 }, (_, count) =>
  count === 0 ? 0 : 1 + Math.log(count),
);

/** How much a word says by its count alone, damped; 0 for no word. */
export const dampedCount = (word: number): number => DAMPED[word & MOST_COUNTED] ?? 0;

/** A signature as bytes for a column, and back. */
export const bytesOf = (signature: Signature): Uint8Array =>
  new Uint8Array(signature.buffer, signature.byteOffset, signature.byteLength);
export const signatureFrom = (bytes: Uint8Array): Signature => new Uint32Array(bytes.slice().buffer);
