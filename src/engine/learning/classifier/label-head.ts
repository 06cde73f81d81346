import type { SparseRow } from './column-space.js';

/** Weights of one field's labels, a row of bytes for every column with a scale of its own; the last row are constants. */
export interface LabelHead {
  readonly labels: readonly string[];
  readonly rows: Int8Array;
  readonly scales: Float32Array;
}

const LARGEST = 127;

/** Rounds weights to bytes: a quarter of the memory, and no prediction of thousands turns over it. */
export function quantised(labels: readonly string[], weights: Float32Array): LabelHead {
  const classes = labels.length;
  const rows = new Int8Array(weights.length);
  const scales = new Float32Array(weights.length / classes);
  for (let row = 0; row < scales.length; row += 1) {
    const from = row * classes;
    let largest = 0;
    for (let at = from; at < from + classes; at += 1) largest = Math.max(largest, Math.abs(weights[at] ?? 0));
    if (largest === 0) continue;
    scales[row] = largest / LARGEST;
    for (let at = from; at < from + classes; at += 1)
      rows[at] = Math.round(((weights[at] ?? 0) / largest) * LARGEST);
  }
  return { labels, rows, scales };
}

/** How much speaks for each label, in their order. */
export function logitsOf({ labels, rows, scales }: LabelHead, { columns, values }: SparseRow): Float64Array {
  const classes = labels.length;
  const logits = new Float64Array(classes);
  const pull = (row: number, value: number) => {
    const factor = value * (scales[row] ?? 0);
    const from = row * classes;
    for (let k = 0; k < classes; k += 1) logits[k] = (logits[k] ?? 0) + factor * (rows[from + k] ?? 0);
  };
  for (let at = 0; at < columns.length; at += 1) pull(columns[at] ?? 0, values[at] ?? 0);
  pull(scales.length - 1, 1);
  return logits;
}
