import { analyse } from '../../knowledge/analysis.js';

/** Counts by bucket: words with their neighbours, pieces of words, and the numbers of an embedding. */
export interface TextFeatures {
  /** Ascending within each block; every block has buckets of its own. */
  readonly buckets: Uint32Array;
  /** Damped counts; of the embedding its numbers. */
  readonly values: Float32Array;
}

const BLOCK_BITS = 20;
const BLOCK_MASK = 2 ** BLOCK_BITS - 1;
const NO_MEANING = new Float32Array();
const FNV_OFFSET = 0x811c9dc5;
const FNV_PRIME = 0x01000193;

/** Blocks are weighed against each other as wholes, so that long texts do not drown short subjects. */
export const BLOCKS = ['stems', 'words', 'pieces', 'subject', 'meaning'] as const;
export type Block = (typeof BLOCKS)[number];

/** The block that a bucket belongs to. */
export const blockOf = (bucket: number): Block => BLOCKS[bucket >>> BLOCK_BITS] ?? 'meaning';

const startOf = (block: Block): number => BLOCKS.indexOf(block) * 2 ** BLOCK_BITS;

/** Beyond these a ticket holds logs and signatures. */
const READ_CHARACTERS = 4_000;
/** What a ticket is about stands here; its small words and spellings are read no further. */
const BEGINNING_CHARACTERS = 1_500;
const PIECE_LENGTHS = { least: 3, most: 5 };

/** Spreads the bits of a hash, of which FNV leaves the low ones alike for like words (MurmurHash3's finaliser). */
function bucketIn(block: Block, hash: number): number {
  let mixed = Math.imul(hash ^ (hash >>> 16), 0x85ebca6b);
  mixed = Math.imul(mixed ^ (mixed >>> 13), 0xc2b2ae35);
  return startOf(block) + ((mixed ^ (mixed >>> 16)) & BLOCK_MASK);
}

function hashOf(text: string, seed = FNV_OFFSET): number {
  let hash = seed;
  for (let at = 0; at < text.length; at += 1) hash = Math.imul(hash ^ text.charCodeAt(at), FNV_PRIME);
  return hash;
}

function countWords(terms: readonly string[], block: Block, counts: Map<number, number>): void {
  let previous = 0;
  for (const [index, term] of terms.entries()) {
    const hash = hashOf(term);
    add(counts, bucketIn(block, hash));
    if (index > 0) add(counts, bucketIn(block, hashOf(term, Math.imul(previous ^ 0x20, FNV_PRIME))));
    previous = hash;
  }
}

const wordsOf = (text: string): readonly string[] => text.toLowerCase().match(/[\p{L}\p{N}]+/gu) ?? [];

/** Pieces of words with a mark at both ends: they still meet where spelling, endings or languages differ. */
function countPieces(words: readonly string[], counts: Map<number, number>): void {
  for (const word of words) {
    const padded = ` ${word} `;
    for (let from = 0; from < padded.length; from += 1) {
      let hash = FNV_OFFSET;
      const end = Math.min(padded.length, from + PIECE_LENGTHS.most);
      for (let at = from; at < end; at += 1) {
        hash = Math.imul(hash ^ padded.charCodeAt(at), FNV_PRIME);
        if (at - from + 1 >= PIECE_LENGTHS.least) add(counts, bucketIn('pieces', hash));
      }
    }
  }
}

const add = (counts: Map<number, number>, bucket: number) =>
  counts.set(bucket, (counts.get(bucket) ?? 0) + 1);

/**
 * The features of a text whose first line is a subject: word stems and pairs of them, the words as they stand with the
 * small ones that stems leave out ("how", "not"), the subject's alone, character 3- to 5-grams within words, and the
 * text's embedding where there is one. Hashed (Weinberger et al. 2009), so that nothing needs a vocabulary.
 */
export function textFeatures(text: string, meaning: Float32Array = NO_MEANING): TextFeatures {
  const counts = new Map<number, number>();
  const beginning = text.slice(0, BEGINNING_CHARACTERS);
  countWords(analyse(text.slice(0, READ_CHARACTERS)), 'stems', counts);
  countWords(wordsOf(beginning), 'words', counts);
  countPieces(wordsOf(beginning), counts);
  const [subject = '', ...body] = text.split('\n', 2);
  if (body.length > 0) countWords(analyse(subject), 'subject', counts);
  const buckets = new Uint32Array(counts.size + meaning.length);
  const values = new Float32Array(buckets.length);
  let at = 0;
  for (const [bucket, count] of counts) {
    buckets[at] = bucket;
    values[at] = 1 + Math.log(count);
    at += 1;
  }
  const start = startOf('meaning');
  for (const [dimension, value] of meaning.entries()) {
    buckets[at + dimension] = start + dimension;
    values[at + dimension] = value;
  }
  return { buckets, values };
}
