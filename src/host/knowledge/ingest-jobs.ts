import { randomUUID } from 'node:crypto';
import {
  type ErrorBody,
  errorBody,
  type Fault,
  fault,
  type Principal,
} from '../../../agents/contracts/index.js';
import type { IngestedDocument } from '../../engine/runtime.js';
import { toFault } from '../common/problem.js';

export interface IngestJob {
  readonly id: string;
  readonly status: 'running' | 'completed' | 'failed';
  /** Documents that are through, of those that are known so far. */
  readonly done: number;
  readonly total: number;
  /** Empty until the job has ended. */
  readonly documents: readonly IngestedDocument[];
  readonly error?: ErrorBody;
}

export type Progress = (done: number, total: number) => void;

interface Held {
  readonly tenant: string;
  readonly ended: Promise<Fault | null>;
  job: IngestJob;
}

/** Jobs that run, and jobs that can still be asked for; the oldest are forgotten first. */
const MOST_RUNNING = 50;
const MOST_KEPT = 1_000;

/**
 * Ingestions and what came of them. They live with the process: what a lost one had taken in is whole, and sending the
 * rest again costs nothing twice.
 */
export class IngestJobs {
  readonly #held = new Map<string, Held>();
  #running = 0;

  /** Begins the work at once. @throws `OVERLOADED` */
  start(
    { tenant }: Principal,
    total: number,
    work: (onProgress: Progress) => Promise<readonly IngestedDocument[]>,
  ): string {
    if (this.#running >= MOST_RUNNING)
      throw fault('OVERLOADED', { detail: 'Too many documents are being taken in.', retryAfterSeconds: 1 });
    this.#running += 1;
    const id = `job_${randomUUID()}`;
    const change = (next: Partial<IngestJob>) => {
      held.job = { ...held.job, ...next };
    };
    const run = async (): Promise<Fault | null> => {
      try {
        const documents = await work((done, of) => change({ done, total: of }));
        change({ status: 'completed', done: documents.length, total: documents.length, documents });
        return null;
      } catch (error) {
        const known = toFault(error);
        change({ status: 'failed', error: errorBody(known) });
        return known;
      } finally {
        this.#running -= 1;
      }
    };
    const { promise, resolve } = Promise.withResolvers<Fault | null>();
    const held: Held = {
      tenant,
      ended: promise,
      job: { id, status: 'running', done: 0, total, documents: [] },
    };
    this.#held.set(id, held);
    this.#forget();
    void run().then(resolve);
    return id;
  }

  /** @throws `JOB_NOT_FOUND` */
  get(id: string, principal: Principal): IngestJob {
    return this.#find(id, principal).job;
  }

  /** The job at its end, or as it is when the signal aborts. @throws what ended the job, `JOB_NOT_FOUND` */
  async join(id: string, principal: Principal, patience: AbortSignal): Promise<IngestJob> {
    const held = this.#find(id, principal);
    const { promise: gone, resolve } = Promise.withResolvers<null>();
    patience.addEventListener('abort', () => resolve(null), { once: true });
    if (patience.aborted) resolve(null);
    const failure = await Promise.race([held.ended, gone]);
    if (failure) throw failure;
    return held.job;
  }

  #find(id: string, { tenant }: Principal): Held {
    const held = this.#held.get(id);
    if (held?.tenant !== tenant) throw fault('JOB_NOT_FOUND');
    return held;
  }

  #forget(): void {
    for (const [id, { job }] of this.#held) {
      if (this.#held.size <= MOST_KEPT) return;
      if (job.status !== 'running') this.#held.delete(id);
    }
  }
}
