import { inOrder } from '../host/triage/in-order.js';

/** Results that may wait for the one before them, for each task that works: a slow one does not stop the others. */
const AHEAD = 4;
const MOST_BYTES = 32 * 1024 * 1024;

/**
 * The results of tasks in the order of their items, `concurrency` tasks at a time; `bytes` is what an item holds while
 * it waits. The first failure in that order ends it.
 */
export async function* mapInOrder<T, R>(
  items: AsyncIterable<T>,
  task: (item: T) => Promise<R>,
  { concurrency, bytes = () => 0 }: { concurrency: number; bytes?: (item: T) => number },
): AsyncGenerator<R> {
  const limited = createLimiter(concurrency);
  const settle = (item: T) =>
    limited(() => task(item)).then(
      (value) => ({ value }),
      (error: unknown) => ({ error }),
    );
  const inFlight = { calls: concurrency * AHEAD, weight: MOST_BYTES };
  for await (const outcome of inOrder(items, settle, inFlight, bytes)) {
    if ('error' in outcome) throw outcome.error;
    yield outcome.value;
  }
}

/** Runs at most `most` tasks at a time, first come, first served. */
function createLimiter(most: number) {
  const waiting: (() => void)[] = [];
  let busy = 0;
  return async <T>(task: () => Promise<T>): Promise<T> => {
    if (busy >= most) await new Promise<void>((resolve) => waiting.push(resolve));
    else busy += 1;
    try {
      return await task();
    } finally {
      const next = waiting.shift();
      if (next) next();
      else busy -= 1;
    }
  };
}
