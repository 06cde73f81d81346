import { addOuter, multiplyRow, rowCount, type SparseRows } from './sparse-rows.js';

export interface RidgeProblem {
  /** X: one row a text. */
  readonly rows: SparseRows;
  /** Y: what each row should give, row by row. */
  readonly targets: Float32Array;
  /** T₀: where the table starts and what it is held to, column of X by column. */
  readonly start: Float32Array;
  /** Numbers a row of Y and of T. */
  readonly width: number;
  /** λ: how strongly the table is held to its start. */
  readonly hold: number;
  readonly steps: number;
}

/** Sum of the products of two tables, column by column. */
function columnDots(a: Float32Array, b: Float32Array, width: number): Float64Array {
  const sums = new Float64Array(width);
  for (let from = 0; from < a.length; from += width) {
    for (let at = 0; at < width; at += 1)
      sums[at] = (sums[at] ?? 0) + (a[from + at] ?? 0) * (b[from + at] ?? 0);
  }
  return sums;
}

/** Adds each column of `b`, times its factor, to that of `a`. */
function addScaled(a: Float32Array, b: Float32Array, factors: Float64Array, sign: 1 | -1): void {
  const width = factors.length;
  for (let from = 0; from < a.length; from += width) {
    for (let at = 0; at < width; at += 1) {
      a[from + at] = (a[from + at] ?? 0) + sign * (factors[at] ?? 0) * (b[from + at] ?? 0);
    }
  }
}

/** 0 where there is nothing left to go. */
const ratios = (above: Float64Array, below: Float64Array) =>
  above.map((value, at) => (below[at] ? value / (below[at] ?? 1) : 0));

/**
 * The table T that minimises ‖XT − Y‖² + λ‖T − T₀‖², by conjugate gradients on the normal equations, every column of T with
 * steps of its own (Hestenes and Stiefel 1952). X is never multiplied out, so the memory is that of four tables.
 */
export async function solveRidge(
  { rows, targets, start, width, hold, steps }: RidgeProblem,
  onProgress: (done: number, total: number) => Promise<void> | void = () => {},
): Promise<Float32Array> {
  const table = Float32Array.from(start);
  const residue = new Float32Array(table.length);
  const product = new Float32Array(width);
  for (let row = 0; row < rowCount(rows); row += 1) {
    multiplyRow(rows, row, table, product);
    for (let at = 0; at < width; at += 1) product[at] = (targets[row * width + at] ?? 0) - (product[at] ?? 0);
    addOuter(rows, row, product, residue);
  }
  const direction = Float32Array.from(residue);
  const image = new Float32Array(table.length);
  let before = columnDots(residue, residue, width);
  for (let step = 0; step < steps; step += 1) {
    await onProgress(step, steps);
    for (let at = 0; at < image.length; at += 1) image[at] = hold * (direction[at] ?? 0);
    for (let row = 0; row < rowCount(rows); row += 1) {
      multiplyRow(rows, row, direction, product);
      addOuter(rows, row, product, image);
    }
    const lengths = ratios(before, columnDots(direction, image, width));
    addScaled(table, direction, lengths, 1);
    addScaled(residue, image, lengths, -1);
    const after = columnDots(residue, residue, width);
    const turns = ratios(after, before);
    for (let from = 0; from < table.length; from += width) {
      for (let at = 0; at < width; at += 1) {
        direction[from + at] = (residue[from + at] ?? 0) + (turns[at] ?? 0) * (direction[from + at] ?? 0);
      }
    }
    before = after;
  }
  await onProgress(steps, steps);
  return table;
}
