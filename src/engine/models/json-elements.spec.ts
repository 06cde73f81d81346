import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { elementScanner } from './json-elements.js';

const scan = (pieces: readonly string[]) => {
  const found: unknown[] = [];
  const scanner = elementScanner('claims', (element) => found.push(element));
  for (const piece of pieces) scanner.push(piece);
  return found;
};

describe('elementScanner', () => {
  it('finds every element, however the text is cut', () => {
    fc.assert(
      fc.property(fc.array(fc.jsonValue()), fc.jsonValue(), fc.array(fc.nat(400)), (claims, other, cuts) => {
        const text = JSON.stringify({ other: [other], claims, after: { claims: ['not these'] } }, null, 1);
        const places = [...new Set(cuts)].filter((cut) => cut < text.length).sort((a, b) => a - b);
        const pieces = [...places, text.length].map((end, index) => text.slice(places[index - 1] ?? 0, end));
        expect(JSON.stringify(scan(pieces))).toBe(JSON.stringify(claims));
      }),
    );
  });

  it('gives an element as soon as it is whole and never an unfinished one', () => {
    expect(scan(['{"claims":[{"a":1},{"b":'])).toEqual([{ a: 1 }]);
    expect(scan(['{"claims":[12'])).toEqual([]);
  });
});
