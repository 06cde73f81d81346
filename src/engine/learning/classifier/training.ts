import { Worker } from 'node:worker_threads';
import { fault } from '../../../../agents/contracts/index.js';
import type { SparseRow } from './column-space.js';
import type { SparseMatrix, TrainedHead, TrainingJob, TrainingReport } from './training.worker.js';

export type { Lessons, TrainedHead, TrainingJob } from './training.worker.js';

const WORKER_FILE = new URL(
  import.meta.url.endsWith('.ts') ? './training.worker.ts' : './training.worker.js',
  import.meta.url,
);

/** Puts rows one after another. */
export function matrixOf(rows: readonly SparseRow[], width: number): SparseMatrix {
  const starts = new Uint32Array(rows.length + 1);
  for (const [index, { columns }] of rows.entries())
    starts[index + 1] = (starts[index] ?? 0) + columns.length;
  const size = starts[rows.length] ?? 0;
  const columns = new Uint32Array(size);
  const values = new Float32Array(size);
  for (const [index, row] of rows.entries()) {
    columns.set(row.columns, starts[index]);
    values.set(row.values, starts[index]);
  }
  return { starts, columns, values, width };
}

/**
 * Fits every head of a job on a thread of its own, which ends with it: nobody else waits for the arithmetic.
 * @throws the signal's reason, or `INTERNAL` where the thread fails
 */
export function train(
  job: TrainingJob,
  { signal, onProgress }: { signal?: AbortSignal; onProgress?: (done: number, of: number) => void } = {},
): Promise<readonly TrainedHead[]> {
  return new Promise((resolve, reject) => {
    signal?.throwIfAborted();
    const trained: TrainedHead[] = [];
    // Options of this process, such as loaders, are not for a file that needs nothing but Node.
    const worker = new Worker(WORKER_FILE, { workerData: job, execArgv: [] });
    const stop = () => {
      reject(signal?.reason);
      void worker.terminate();
    };
    signal?.addEventListener('abort', stop, { once: true });
    worker.on('message', (report: TrainingReport) => {
      if ('head' in report) trained[report.head] = report.trained;
      else onProgress?.(report.done, report.of);
    });
    const failed = (cause?: unknown) =>
      fault('INTERNAL', { detail: 'Training the classifier failed.', cause });
    worker.on('error', (cause) => reject(failed(cause)));
    worker.on('exit', () => {
      signal?.removeEventListener('abort', stop);
      if (trained.length === job.heads.length) resolve(trained);
      else reject(failed());
    });
  });
}
