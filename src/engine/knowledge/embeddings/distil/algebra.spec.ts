import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { principalAxes, project } from './principal-axes.js';
import { solveRidge } from './ridge.js';
import { weightedCounts } from './sparse-rows.js';

const number = fc.integer({ min: -100, max: 100 }).map((value) => value / 100);

describe('Principal axes', () => {
  it('are of length 1, at right angles, and catch all that varies', () => {
    const width = 5;
    fc.assert(
      fc.property(fc.array(number, { minLength: width * 8, maxLength: width * 8 }), (values) => {
        const rows = Float32Array.from(values);
        const axes = principalAxes(rows, width, width);
        for (let a = 0; a < width; a += 1) {
          for (let b = 0; b < width; b += 1) {
            let dot = 0;
            for (let at = 0; at < width; at += 1)
              dot += (axes[a * width + at] ?? 0) * (axes[b * width + at] ?? 0);
            expect(dot).toBeCloseTo(a === b ? 1 : 0, 4);
          }
        }
        const sum = (vectors: Float32Array) => vectors.reduce((all, value) => all + value * value, 0);
        const coordinates = project(rows, width, axes);
        expect(sum(coordinates)).toBeCloseTo(sum(rows), 3);
        const along = Array.from({ length: width }, (_, axis) =>
          sum(coordinates.filter((_value, at) => at % width === axis)),
        );
        for (const [rank, size] of along.slice(1).entries())
          expect(size).toBeLessThan((along[rank] ?? 0) + 1e-4);
      }),
      { numRuns: 50 },
    );
  });
});

describe('The ridge solution', () => {
  it('leaves no slope: Xᵀ(XT − Y) + λ(T − T₀) = 0', async () => {
    const [pieces, width, hold] = [4, 2, 0.5];
    await fc.assert(
      fc.asyncProperty(
        fc.array(fc.array(fc.nat(pieces - 1), { minLength: 1, maxLength: 5 }), {
          minLength: 3,
          maxLength: 9,
        }),
        fc.array(number, { minLength: 64, maxLength: 64 }),
        async (texts, values) => {
          const rows = weightedCounts(texts, new Float32Array(pieces).fill(1));
          const targets = Float32Array.from(values.slice(0, texts.length * width));
          const start = Float32Array.from(values.slice(-pieces * width));
          const table = await solveRidge({ rows, targets, start, width, hold, steps: 12 });
          const slope = Float64Array.from(table, (value, at) => hold * (value - (start[at] ?? 0)));
          texts.forEach((_, row) => {
            for (let at = 0; at < width; at += 1) {
              const entries = [...rows.columns.subarray(rows.starts[row], rows.starts[row + 1])].map(
                (column, index) => [column, rows.values[(rows.starts[row] ?? 0) + index] ?? 0] as const,
              );
              const made = entries.reduce(
                (sum, [column, value]) => sum + value * (table[column * width + at] ?? 0),
                0,
              );
              const miss = made - (targets[row * width + at] ?? 0);
              for (const [column, value] of entries)
                slope[column * width + at] = (slope[column * width + at] ?? 0) + value * miss;
            }
          });
          expect(Math.max(...slope.map(Math.abs))).toBeLessThan(1e-3);
        },
      ),
      { numRuns: 50 },
    );
  });
});
