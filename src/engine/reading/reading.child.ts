import { Worker } from 'node:worker_threads';
import { readArticles } from '../knowledge/ingest/readers.js';
import type { Order } from './reading-process.js';

const GUARD = new URL(
  import.meta.url.endsWith('.ts') ? './memory-guard.worker.ts' : './memory-guard.worker.js',
  import.meta.url,
);

const guard = new Worker(GUARD, { execArgv: [] });

/** One file at a time: the next order comes after the answer. */
process.on('message', ({ file, bounds }: Order) => {
  guard.postMessage(bounds);
  void readArticles(file).then((read) => {
    guard.postMessage(undefined);
    process.send?.(read);
  });
});
process.on('disconnect', () => process.exit());
