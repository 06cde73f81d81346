import { BLOCKS, type Block, blockOf, type TextFeatures } from './text-features.js';

/** A text as the classifier multiplies it: columns that are known, each with its weighed value. */
export interface SparseRow {
  readonly columns: Uint32Array;
  readonly values: Float32Array;
}

/** Which buckets a classifier knows: bucket and rarity by column. */
export interface ColumnSpace {
  readonly buckets: Uint32Array;
  readonly rarities: Float32Array;
}

/** How long each block of a row is, so that none drowns the others. Chosen by cross-validation; see evals/learning. */
const LENGTHS: Readonly<Record<Block, number>> = {
  stems: 0.8,
  words: 0.6,
  pieces: 1,
  subject: 0.7,
  meaning: 1,
};

/** A bucket of one text only cannot tell anything about another. */
const LEAST_HOLDERS = 2;

/** The commonest columns of a training set, at most `most`, weighed by how rare they are (smoothed idf). */
export function columnSpaceOf(texts: readonly TextFeatures[], most = Number.POSITIVE_INFINITY): ColumnSpace {
  const holders = new Map<number, number>();
  for (const { buckets } of texts)
    for (const bucket of buckets) holders.set(bucket, (holders.get(bucket) ?? 0) + 1);
  const kept = [...holders]
    .filter(([bucket, count]) => count >= LEAST_HOLDERS || blockOf(bucket) === 'meaning')
    .sort((a, b) => b[1] - a[1] || a[0] - b[0])
    .slice(0, most)
    .sort(([a], [b]) => a - b);
  return {
    buckets: Uint32Array.from(kept, ([bucket]) => bucket),
    rarities: Float32Array.from(kept, ([bucket, count]) =>
      blockOf(bucket) === 'meaning' ? 1 : 1 + Math.log((1 + texts.length) / (1 + count)),
    ),
  };
}

/** Turns features into rows of a space; each block of a row gets its length. */
export function createProjection({ buckets, rarities }: ColumnSpace): (text: TextFeatures) => SparseRow {
  const columnOf = new Map<number, number>();
  for (const [column, bucket] of buckets.entries()) columnOf.set(bucket, column);
  return (text) => {
    const columns = new Uint32Array(text.buckets.length);
    const values = new Float32Array(text.buckets.length);
    const squares: Record<Block, number> = { stems: 0, words: 0, pieces: 0, subject: 0, meaning: 0 };
    let size = 0;
    for (const [at, bucket] of text.buckets.entries()) {
      const column = columnOf.get(bucket);
      if (column === undefined) continue;
      const value = (text.values[at] ?? 0) * (rarities[column] ?? 0);
      columns[size] = column;
      values[size] = value;
      squares[blockOf(bucket)] += value * value;
      size += 1;
    }
    const scales = Object.fromEntries(
      BLOCKS.map((block) => [block, squares[block] > 0 ? LENGTHS[block] / Math.sqrt(squares[block]) : 0]),
    );
    for (let at = 0; at < size; at += 1) {
      const block = blockOf(buckets[columns[at] ?? 0] ?? 0);
      values[at] = (values[at] ?? 0) * (scales[block] ?? 0);
    }
    return { columns: columns.subarray(0, size), values: values.subarray(0, size) };
  };
}
