/** Rows of few numbers: row `r` holds `values[i]` at column `columns[i]` for `starts[r] <= i < starts[r + 1]`. */
export interface SparseRows {
  readonly starts: Uint32Array;
  readonly columns: Uint32Array;
  readonly values: Float32Array;
}

export const rowCount = ({ starts }: SparseRows): number => starts.length - 1;

/**
 * One row a text: the weight of each piece, times how often it occurs, scaled to length 1.
 * @param weights - by piece
 */
export function weightedCounts(texts: readonly (readonly number[])[], weights: Float32Array): SparseRows {
  const rows = texts.map((pieces) => {
    const sums = new Map<number, number>();
    for (const piece of pieces) sums.set(piece, (sums.get(piece) ?? 0) + (weights[piece] ?? 0));
    return sums;
  });
  const size = rows.reduce((sum, row) => sum + row.size, 0);
  const made = {
    starts: new Uint32Array(rows.length + 1),
    columns: new Uint32Array(size),
    values: new Float32Array(size),
  };
  let at = 0;
  for (const [index, row] of rows.entries()) {
    const length = Math.hypot(...row.values()) || 1;
    for (const [piece, sum] of row) {
      made.columns[at] = piece;
      made.values[at] = sum / length;
      at += 1;
    }
    made.starts[index + 1] = at;
  }
  return made;
}

/** Writes row `row` of the product with a dense table of `width` columns into `into`. */
export function multiplyRow(
  { starts, columns, values }: SparseRows,
  row: number,
  table: Float32Array,
  into: Float32Array,
): void {
  const width = into.length;
  into.fill(0);
  for (let index = starts[row] ?? 0; index < (starts[row + 1] ?? 0); index += 1) {
    const value = values[index] ?? 0;
    const from = (columns[index] ?? 0) * width;
    for (let at = 0; at < width; at += 1) into[at] = (into[at] ?? 0) + value * (table[from + at] ?? 0);
  }
}

/** Adds the outer product of row `row` with `vector` to a dense table. */
export function addOuter(
  { starts, columns, values }: SparseRows,
  row: number,
  vector: Float32Array,
  table: Float32Array,
): void {
  const width = vector.length;
  for (let index = starts[row] ?? 0; index < (starts[row + 1] ?? 0); index += 1) {
    const value = values[index] ?? 0;
    const from = (columns[index] ?? 0) * width;
    for (let at = 0; at < width; at += 1)
      table[from + at] = (table[from + at] ?? 0) + value * (vector[at] ?? 0);
  }
}
