import type { StaticTable } from './static-table.js';
import { createWordPieces } from './word-pieces.js';

/** A text's vector, made from a table alone: no model, no waiting. */
export interface StaticEmbedding {
  readonly name: string;
  readonly dimensions: number;
  /** A vector of length 1, or all zeros for a text without any known piece. */
  embed(text: string): Float32Array;
}

/** Beyond this a text adds nothing that its beginning did not say. */
const READ_CHARACTERS = 8_000;

/** Scales a vector to length 1 in place; a vector of zeros stays. */
export function normalise(vector: Float32Array): Float32Array {
  let squares = 0;
  for (const value of vector) squares += value * value;
  if (squares === 0) return vector;
  const factor = 1 / Math.sqrt(squares);
  for (let at = 0; at < vector.length; at += 1) vector[at] = (vector[at] ?? 0) * factor;
  return vector;
}

/**
 * A text is the sum of its pieces' vectors, scaled to length 1. The vectors carry their own weights: those of common
 * pieces are short (Arora, Liang and Ma 2017; Model2Vec).
 */
export function createStaticEmbedding(table: StaticTable): StaticEmbedding {
  const { name, dimensions, list, scales, rows } = table;
  const piecesOf = createWordPieces(list);
  return {
    name,
    dimensions,
    embed(text) {
      const sum = new Float32Array(dimensions);
      for (const piece of piecesOf(text.slice(0, READ_CHARACTERS))) {
        const scale = scales[piece] ?? 0;
        const from = piece * dimensions;
        for (let at = 0; at < dimensions; at += 1) sum[at] = (sum[at] ?? 0) + scale * (rows[from + at] ?? 0);
      }
      return normalise(sum);
    },
  };
}
