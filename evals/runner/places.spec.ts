import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { createPlaces } from './places.js';

describe('places', () => {
  it('are all taken and never more, and are given back by work that fails', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.integer({ min: 1, max: 6 }),
        fc.array(fc.boolean(), { minLength: 6, maxLength: 30 }),
        async (count, fates) => {
          const inPlace = createPlaces(count);
          let open = 0;
          let most = 0;
          const work = async (fails: boolean) => {
            open += 1;
            most = Math.max(most, open);
            await new Promise<void>((resolve) => setImmediate(resolve));
            open -= 1;
            if (fails) throw new Error('as foreseen');
          };
          const ended = await Promise.allSettled(fates.map((fails) => inPlace(() => work(fails))));
          expect(most).toBe(count);
          expect(ended.map(({ status }) => status === 'rejected')).toEqual(fates);
        },
      ),
      { numRuns: 30 },
    );
  });
});
