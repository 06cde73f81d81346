import { createHash } from 'node:crypto';
import type { EmbeddingModel } from '../embedding-model.js';
import { normalise } from '../static-embedding.js';
import type { StaticTable } from '../static-table.js';
import { createWordPieces } from '../word-pieces.js';
import { principalAxes, project } from './principal-axes.js';
import { solveRidge } from './ridge.js';
import { multiplyRow, rowCount, type SparseRows, weightedCounts } from './sparse-rows.js';
import type { TeacherCache } from './teacher-cache.js';

export interface DistilOptions {
  readonly teacher: Pick<EmbeddingModel, 'name' | 'dimensions'>;
  /** What the teacher says; it need not have been asked before. */
  readonly cache: TeacherCache;
  /** Pieces of the table's tokenizer by number. */
  readonly pieces: readonly string[];
  readonly texts: readonly string[];
  /** Numbers a vector of the table has, at most as many as the teacher's. */
  readonly dimensions: number;
  readonly onProgress?: (stage: DistilStage, done: number, total: number) => void;
}

export type DistilStage = 'asking the teacher' | 'fitting';

/** Weight of a piece whose share of the corpus is f: a / (a + f) (Arora, Liang and Ma 2017). */
const COMMON_SHARE = 1e-3;
/** How strongly a piece is held to what the teacher says of it alone; from 0.3 to 3 it makes no difference. */
const HOLD = 1;
/**
 * A piece alone is said with length 1, in a sentence it is one of many: left that long, the pieces that the corpus does not
 * hold would drown the others in a long text.
 */
const ALONE_LENGTH = 0.1;
const STEPS = 40;
/** Every so many texts one is held back to measure the fit. */
const HELD_BACK = 100;
const MOST_AXIS_ROWS = 40_000;
const LARGEST_BYTE = 127;

/** What a piece is to a reader: the end of a word is read without its mark. */
const readable = (piece: string) => piece.replace(/^##/, '');

/** Marks of the model, such as `[CLS]`, that no text holds. */
const isMark = (piece: string) => /^\[\w+\]$/.test(piece);

/**
 * Fits a vector to every word piece, so that the weighted sum of a text's pieces comes near to what a teacher says of the
 * text: ‖XT − Y‖² + λ‖T − T₀‖², T₀ being what the teacher says of each piece alone. The table keeps the directions in which
 * the teacher's vectors vary most, as signed bytes.
 */
export async function distil(options: DistilOptions): Promise<StaticTable> {
  const { teacher, cache, texts, onProgress = () => {} } = options;
  const list = options.pieces.filter((piece) => !isMark(piece));
  const dimensions = Math.min(options.dimensions, teacher.dimensions);
  const alone = list.map(readable);
  await cache.learn([...alone, ...texts], (done, total) => onProgress('asking the teacher', done, total));

  const piecesOf = createWordPieces(list);
  const cut = texts
    .map((text) => ({ text, pieces: piecesOf(text) }))
    .filter(({ pieces }) => pieces.length > 0);
  const training = cut.filter((_, index) => index % HELD_BACK !== 0);
  const heldBack = cut.filter((_, index) => index % HELD_BACK === 0);
  const weights = weightsOf(
    training.map(({ pieces }) => pieces),
    list.length,
  );

  const said = await cache.rows(training.map(({ text }) => text));
  const mean = centre(said, teacher.dimensions);
  const axes = principalAxes(
    said.subarray(0, MOST_AXIS_ROWS * teacher.dimensions),
    teacher.dimensions,
    dimensions,
  );
  const targets = project(said, teacher.dimensions, axes);
  const saidAlone = await cache.rows(alone);
  centre(saidAlone, teacher.dimensions);
  const start = project(saidAlone, teacher.dimensions, axes).map((value) => value * ALONE_LENGTH);

  const rows = weightedCounts(
    training.map(({ pieces }) => pieces),
    weights,
  );
  const problem = { rows, targets, start, width: dimensions, hold: HOLD, steps: STEPS };
  const table = await solveRidge(problem, (done, total) => onProgress('fitting', done, total));

  const test = weightedCounts(
    heldBack.map(({ pieces }) => pieces),
    weights,
  );
  const wanted = await cache.rows(heldBack.map(({ text }) => text));
  centre(wanted, teacher.dimensions, mean);
  const likenessOf = (made: Float32Array) =>
    meanCosine(test, made, project(wanted, teacher.dimensions, axes), dimensions);
  const bytes = quantised(table, weights, dimensions);
  return {
    name: `static:${createHash('sha256').update(bytes.rows).digest('hex').slice(0, 12)}`,
    teacher: teacher.name,
    dimensions,
    pieces: list.length,
    texts: cut.length,
    likeness: [likenessOf(start), likenessOf(table)],
    list,
    ...bytes,
  };
}

function weightsOf(texts: readonly (readonly number[])[], pieces: number): Float32Array {
  const counts = new Float64Array(pieces);
  let total = 0;
  for (const text of texts) {
    total += text.length;
    for (const piece of text) counts[piece] = (counts[piece] ?? 0) + 1;
  }
  return Float32Array.from(counts, (count) => COMMON_SHARE / (COMMON_SHARE + count / total));
}

/** Subtracts the mean row, or the one given, in place. @returns the mean */
function centre(rows: Float32Array, width: number, given?: Float64Array): Float64Array {
  const mean = given ?? new Float64Array(width);
  const count = rows.length / width;
  if (!given) {
    for (let at = 0; at < rows.length; at += 1)
      mean[at % width] = (mean[at % width] ?? 0) + (rows[at] ?? 0) / count;
  }
  for (let at = 0; at < rows.length; at += 1) rows[at] = (rows[at] ?? 0) - (mean[at % width] ?? 0);
  return mean;
}

function meanCosine(rows: SparseRows, table: Float32Array, wanted: Float32Array, width: number): number {
  const made = new Float32Array(width);
  let sum = 0;
  for (let row = 0; row < rowCount(rows); row += 1) {
    multiplyRow(rows, row, table, made);
    normalise(made);
    const target = normalise(wanted.slice(row * width, (row + 1) * width));
    for (let at = 0; at < width; at += 1) sum += (made[at] ?? 0) * (target[at] ?? 0);
  }
  return Math.round((1_000 * sum) / Math.max(1, rowCount(rows))) / 1_000;
}

/** The weighted table as signed bytes, each row with a scale of its own. */
function quantised(
  table: Float32Array,
  weights: Float32Array,
  width: number,
): Pick<StaticTable, 'scales' | 'rows'> {
  const scales = new Float32Array(weights.length);
  const rows = new Int8Array(table.length);
  for (const [piece, weight] of weights.entries()) {
    const row = table.subarray(piece * width, (piece + 1) * width);
    const largest = row.reduce((most, value) => Math.max(most, Math.abs(value)), 0);
    if (largest === 0) continue;
    scales[piece] = (largest * weight) / LARGEST_BYTE;
    rows.set(
      row.map((value) => Math.round((value * LARGEST_BYTE) / largest)),
      piece * width,
    );
  }
  return { scales, rows };
}
