import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { inOrder } from './in-order.js';

const collect = async <T>(source: AsyncIterable<T>) => {
  const found: T[] = [];
  for await (const item of source) found.push(item);
  return found;
};

async function* numbers(weights: readonly number[]) {
  yield* weights.entries();
}

describe('work in order', () => {
  it('keeps the order and its limits, whichever call ends first', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(fc.nat(10)),
        fc.integer({ min: 1, max: 5 }),
        fc.integer({ min: 1, max: 20 }),
        fc.scheduler(),
        async (weights, calls, weight, scheduler) => {
          let flying: number[] = [];
          const work = async ([index, own]: readonly [number, number]) => {
            flying.push(own);
            const sum = flying.reduce((total, each) => total + each, 0);
            expect(flying.length).toBeLessThanOrEqual(calls);
            expect(sum <= weight || flying.length === 1).toBe(true);
            await scheduler.schedule(Promise.resolve());
            return index;
          };
          const results = inOrder(numbers(weights), work, { calls, weight }, ([, own]) => own);
          const collected = (async () => {
            const found: number[] = [];
            for await (const index of results) {
              flying = flying.slice(1);
              found.push(index);
            }
            return found;
          })();
          await scheduler.waitFor(collected);
          expect(await collected).toEqual(weights.map((_, index) => index));
        },
      ),
    );
  });

  it('stops reading when nobody wants the results any more', async () => {
    let read = 0;
    let closed = false;
    const source = (async function* () {
      try {
        for (;;) {
          read += 1;
          yield read;
        }
      } finally {
        closed = true;
      }
    })();
    for await (const item of inOrder(
      source,
      (each) => Promise.resolve(each),
      { calls: 3, weight: 100 },
      () => 1,
    ))
      if (item === 5) break;
    expect({ closed, read: read < 10 }).toEqual({ closed: true, read: true });
    expect(await collect(source)).toEqual([]);
  });
});
