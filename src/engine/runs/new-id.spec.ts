import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { newId } from './new-id.js';

const time = fc.integer({ min: 0, max: 2 ** 48 - 1 });

describe('a new id', () => {
  it('is a UUID of version 7 that tells its time', () => {
    fc.assert(
      fc.property(time, (at) => {
        const id = newId(at);
        expect(id).toMatch(/^[\da-f]{8}-[\da-f]{4}-7[\da-f]{3}-[89ab][\da-f]{3}-[\da-f]{12}$/);
        expect(Number.parseInt(id.slice(0, 13).replace('-', ''), 16)).toBe(at);
      }),
    );
  });

  it('sorts by time and is never the same twice', () => {
    fc.assert(fc.property(time, time, (a, b) => a === b || newId(a) < newId(b) === a < b));
    expect(new Set(Array.from({ length: 1_000 }, () => newId(1))).size).toBe(1_000);
  });
});
