import { Worker } from 'node:worker_threads';
import { type Fault, fault } from '../../../agents/contracts/index.js';
import type {
  NearestHit,
  NearestOrder,
  NearestQuery,
  NearestReport,
  NearestSetup,
} from './nearest.worker.js';

export type { NearestHit, NearestQuery } from './nearest.worker.js';

const WORKER_FILE = new URL(
  import.meta.url.endsWith('.ts') ? './nearest.worker.ts' : './nearest.worker.js',
  import.meta.url,
);

/** Exact nearest neighbours among the kept vectors that a reader may see. */
export interface Nearest {
  /** Places of the most similar passages and titles, in no order; never more than `limit` of each. */
  find(query: NearestQuery): Promise<readonly NearestHit[]>;
  close(): Promise<void>;
}

interface Waiting {
  readonly resolve: (hits: readonly NearestHit[]) => void;
  readonly reject: (error: Fault) => void;
}

/**
 * Searches the vectors of a database file on a thread of its own, so that nobody else waits for the arithmetic. The
 * thread is started by the first query and sees what is committed by then.
 */
export function createNearest(setup: NearestSetup): Nearest {
  const waiting = new Map<number, Waiting>();
  let next = 0;
  let started: Worker | undefined;
  let isClosed = false;

  const stopped = (cause?: unknown) =>
    fault('INTERNAL', { detail: 'The search for meaning stopped working.', cause });

  function start(): Worker {
    // Options of this process, such as loaders, are not for a file that needs nothing but Node.
    const worker = new Worker(WORKER_FILE, { workerData: setup, execArgv: [] });
    worker.on('message', (report: NearestReport) => {
      const asker = waiting.get(report.id);
      waiting.delete(report.id);
      if ('hits' in report) asker?.resolve(report.hits);
      else asker?.reject(stopped(report.problem));
    });
    const end = (cause?: unknown) => {
      started = undefined;
      for (const { reject } of waiting.values()) reject(stopped(cause));
      waiting.clear();
    };
    worker.on('error', end);
    worker.on('exit', () => end());
    return worker;
  }

  return {
    find(query) {
      if (isClosed) return Promise.reject(fault('DRAINING', { detail: 'The store is closed.' }));
      started ??= start();
      const worker = started;
      next += 1;
      const order: NearestOrder = { id: next, query };
      return new Promise((resolve, reject) => {
        waiting.set(order.id, { resolve, reject });
        worker.postMessage(order);
      });
    },
    async close() {
      isClosed = true;
      await started?.terminate();
    },
  };
}
