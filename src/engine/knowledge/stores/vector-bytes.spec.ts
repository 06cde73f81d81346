import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { normalise } from '../embeddings/static-embedding.js';
import { likeness, vectorBytes } from './vector-bytes.js';

const model = { name: 'test', dimensions: 16 };
const vector = fc
  .array(fc.double({ min: -1, max: 1, noNaN: true }), { minLength: 16, maxLength: 16 })
  .map((values) => normalise(Float32Array.from(values)));

describe('Vectors as bytes', () => {
  it('keep dot products to a hundredth', () => {
    fc.assert(
      fc.property(vector, vector, (a, b) => {
        const exact = a.reduce((sum, value, at) => sum + value * (b[at] ?? 0), 0);
        expect(Math.abs(likeness(a, vectorBytes(b, model)) - exact)).toBeLessThan(0.01);
      }),
    );
  });

  it('say nothing where the vector says nothing or is of another size', () => {
    const one = normalise(new Float32Array(16).fill(1));
    expect(vectorBytes(new Float32Array(16), model)).toHaveLength(0);
    expect(likeness(one, new Uint8Array(0))).toBe(0);
    expect(likeness(one.subarray(1), vectorBytes(one, model))).toBe(0);
  });
});
