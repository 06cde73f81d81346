import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { mapInOrder } from './in-order.js';

async function* from<T>(items: readonly T[]) {
  yield* items;
}

async function all<T>(items: AsyncIterable<T>): Promise<readonly T[]> {
  const found: T[] = [];
  for await (const item of items) found.push(item);
  return found;
}

describe('mapInOrder', () => {
  it('gives results in the order of the items, with no more tasks at work than asked for', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.scheduler(),
        fc.array(fc.nat(9), { maxLength: 40 }),
        fc.integer({ min: 1, max: 5 }),
        async (scheduler, items, concurrency) => {
          let busy = 0;
          let most = 0;
          const task = async (item: number) => {
            busy += 1;
            most = Math.max(most, busy);
            await scheduler.schedule(Promise.resolve());
            busy -= 1;
            return item;
          };
          expect(await scheduler.waitFor(all(mapInOrder(from(items), task, { concurrency })))).toEqual(items);
          expect(most).toBeLessThanOrEqual(concurrency);
        },
      ),
    );
  });

  it('ends with the first failure of the order, whichever came first', async () => {
    const task = async (item: number) => {
      if (item > 1) throw new Error(`item ${item}`);
      return item;
    };
    const seen: number[] = [];
    const run = async () => {
      for await (const item of mapInOrder(from([0, 1, 2, 3]), task, { concurrency: 4 })) seen.push(item);
    };
    await expect(run()).rejects.toThrow('item 2');
    expect(seen).toEqual([0, 1]);
  });
});
