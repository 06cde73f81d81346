import { parentPort, workerData } from 'node:worker_threads';

/*
 * Multinomial logistic regression by stochastic gradient descent, on a thread of its own. Needs nothing but
 * Node, so that it runs both built and, with its types stripped, straight from its source.
 */

/** Rows one after another: row `r` has the entries from `starts[r]` to `starts[r + 1]`. */
export interface SparseMatrix {
  readonly starts: Uint32Array;
  readonly columns: Uint32Array;
  readonly values: Float32Array;
  /** Number of columns. */
  readonly width: number;
}

/** What is to be told apart, by lessons: a row, the class it is of, and how much the lesson counts. */
export interface Lessons {
  readonly classes: number;
  /** Whether to predict what is held back, too: a fit more for every fold. */
  readonly measured: boolean;
  readonly rows: Uint32Array;
  readonly targets: Uint32Array;
  readonly weights: Float32Array;
}

export interface TrainingJob {
  readonly matrix: SparseMatrix;
  readonly heads: readonly Lessons[];
  /** By row: the fold that is held back from it, or -1 for rows that are always learned from. */
  readonly folds: Int8Array;
  readonly epochs: number;
  readonly rate: number;
  readonly decay: number;
}

/** A head's weights, `classes` of a column after another and the constants last; and its logits for held-back rows. */
export interface TrainedHead {
  readonly weights: Float32Array;
  /** By row, `classes` each; zeros for rows that were in no fold; empty where not measured. */
  readonly heldBack: Float32Array;
}

export type TrainingReport =
  | { readonly head: number; readonly trained: TrainedHead }
  | { readonly done: number; readonly of: number };

const SEED = 0x9e3779b9;
/** Errors below this move nothing that matters, and most classes of a lesson have such. */
const NEGLIGIBLE = 1e-4;
/** Constants see every lesson, so they are moved in smaller steps. */
const CONSTANT_RATE = 0.05;
const SMALLEST_SCALE = 1e-6;

/** The same order for the same data on every machine (Marsaglia's xorshift32). */
function shuffled(size: number, seed: number): Uint32Array {
  const order = Uint32Array.from({ length: size }, (_, index) => index);
  let state = seed;
  for (let last = size - 1; last > 0; last -= 1) {
    state ^= state << 13;
    state ^= state >>> 17;
    state ^= state << 5;
    const other = (state >>> 0) % (last + 1);
    const kept = order[last] ?? 0;
    order[last] = order[other] ?? 0;
    order[other] = kept;
  }
  return order;
}

function logitsOf(
  { starts, columns, values, width }: SparseMatrix,
  row: number,
  weights: Float32Array,
  scale: number,
  into: Float64Array,
): void {
  const classes = into.length;
  into.fill(0);
  const end = starts[row + 1] ?? 0;
  for (let at = starts[row] ?? 0; at < end; at += 1) {
    const value = values[at] ?? 0;
    const base = (columns[at] ?? 0) * classes;
    for (let k = 0; k < classes; k += 1) into[k] = (into[k] ?? 0) + value * (weights[base + k] ?? 0);
  }
  const constants = width * classes;
  for (let k = 0; k < classes; k += 1) into[k] = scale * (into[k] ?? 0) + (weights[constants + k] ?? 0);
}

function toShares(logits: Float64Array): void {
  let most = Number.NEGATIVE_INFINITY;
  for (const logit of logits) most = Math.max(most, logit);
  let sum = 0;
  for (let k = 0; k < logits.length; k += 1) {
    const power = Math.exp((logits[k] ?? 0) - most);
    logits[k] = power;
    sum += power;
  }
  for (let k = 0; k < logits.length; k += 1) logits[k] = (logits[k] ?? 0) / sum;
}

/**
 * Learns from the lessons whose rows are not in the fold. The decay of all weights is one number that they are scaled
 * by, so that a step touches only the columns of its row; the step shrinks as the decay asks (Bottou 2012).
 */
function fitted(
  job: TrainingJob,
  lessons: Lessons,
  withheld: number | null,
  onEpoch: () => void,
): Float32Array {
  const { matrix, rate, decay, epochs, folds } = job;
  const { classes } = lessons;
  const { starts, columns, values, width } = matrix;
  const weights = new Float32Array((width + 1) * classes);
  const constants = weights.subarray(width * classes);
  const errors = new Float64Array(classes);
  const active = new Uint32Array(classes);
  let scale = 1;
  let step = 0;

  const settle = () => {
    for (let at = 0; at < width * classes; at += 1) weights[at] = (weights[at] ?? 0) * scale;
    scale = 1;
  };

  for (let epoch = 0; epoch < epochs; epoch += 1) {
    for (const lesson of shuffled(lessons.rows.length, SEED + epoch)) {
      const row = lessons.rows[lesson] ?? 0;
      if (withheld !== null && folds[row] === withheld) continue;
      logitsOf(matrix, row, weights, scale, errors);
      toShares(errors);
      const target = lessons.targets[lesson] ?? 0;
      errors[target] = (errors[target] ?? 0) - 1;
      const length = (rate / (1 + rate * decay * step)) * (lessons.weights[lesson] ?? 1);
      scale *= 1 - (rate * decay) / (1 + rate * decay * step);
      step += 1;
      let many = 0;
      for (let k = 0; k < classes; k += 1) {
        if (Math.abs(errors[k] ?? 0) < NEGLIGIBLE) continue;
        active[many] = k;
        many += 1;
        constants[k] = (constants[k] ?? 0) - CONSTANT_RATE * length * (errors[k] ?? 0);
      }
      const end = starts[row + 1] ?? 0;
      for (let at = starts[row] ?? 0; at < end; at += 1) {
        const base = (columns[at] ?? 0) * classes;
        const pull = (length * (values[at] ?? 0)) / scale;
        for (let a = 0; a < many; a += 1) {
          const k = active[a] ?? 0;
          weights[base + k] = (weights[base + k] ?? 0) - pull * (errors[k] ?? 0);
        }
      }
      if (scale < SMALLEST_SCALE) settle();
    }
    onEpoch();
  }
  settle();
  return weights;
}

const heldBackFolds = ({ folds }: TrainingJob) => [...new Set(folds)].filter((fold) => fold >= 0);

function train(job: TrainingJob, lessons: Lessons, onEpoch: () => void): TrainedHead {
  const { matrix, folds } = job;
  const { classes, measured } = lessons;
  const heldBack = new Float32Array(measured ? (matrix.starts.length - 1) * classes : 0);
  const logits = new Float64Array(classes);
  for (const fold of measured ? heldBackFolds(job) : []) {
    const weights = fitted(job, lessons, fold, onEpoch);
    for (const [row, own] of folds.entries()) {
      if (own !== fold) continue;
      logitsOf(matrix, row, weights, 1, logits);
      heldBack.set(logits, row * classes);
    }
  }
  return { weights: fitted(job, lessons, null, onEpoch), heldBack };
}

if (parentPort) {
  const port = parentPort;
  const job: TrainingJob = workerData;
  const measurings = heldBackFolds(job).length;
  const of = job.heads.reduce((sum, { measured }) => sum + job.epochs * (measured ? measurings + 1 : 1), 0);
  let done = 0;
  const report = (message: TrainingReport, buffers: ArrayBuffer[] = []) => port.postMessage(message, buffers);
  for (const [head, lessons] of job.heads.entries()) {
    const trained = train(job, lessons, () => {
      done += 1;
      report({ done, of });
    });
    report({ head, trained });
  }
}
