import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { createStaticEmbedding } from './static-embedding.js';
import { readTable, type StaticTable, writeTable } from './static-table.js';

const table: StaticTable = {
  name: 'static:test',
  teacher: 'none',
  dimensions: 2,
  pieces: 3,
  texts: 0,
  likeness: [0, 0],
  list: ['printer', 'jam', 'naïve 東'],
  scales: Float32Array.of(0.5, 0.25, 1),
  rows: Int8Array.of(127, 0, 0, -128, 1, 2),
};

describe('The table of a static embedding', () => {
  it('comes back from its bytes, wherever they lie', () => {
    const bytes = writeTable(table);
    expect(readTable(bytes)).toEqual(table);
    const inside = new Uint8Array(bytes.length + 3);
    inside.set(bytes, 3);
    expect(readTable(inside.subarray(3))).toEqual(table);
  });

  it('is refused where a byte is missing, added or of the frame changed', () => {
    const bytes = writeTable(table);
    const damaged = expect.objectContaining({ code: 'MODEL_UNAVAILABLE' });
    fc.assert(
      fc.property(fc.nat(bytes.length - 1), (length) => {
        expect(() => readTable(bytes.slice(0, length))).toThrow(damaged);
      }),
    );
    expect(() => readTable(Uint8Array.of(...bytes, 0))).toThrow(damaged);
    for (let at = 0; at < 12; at += 1) {
      const changed = Uint8Array.from(bytes);
      changed[at] = (changed[at] ?? 0) ^ 0x40;
      expect(() => readTable(changed)).toThrow(damaged);
    }
  });
});

describe('The static embedding', () => {
  const { embed } = createStaticEmbedding(table);

  it('sums the pieces and scales the sum to length 1', () => {
    expect([...embed('printer')]).toEqual([1, 0]);
    const [x = 0, y = 0] = embed('Printer jam');
    expect(Math.hypot(x, y)).toBeCloseTo(1);
    expect(y / x).toBeCloseTo((-128 * 0.25) / (127 * 0.5));
    expect(embed('jam printer')).toEqual(embed('printer jam'));
  });

  it.each(['', '   ', 'unknown words only', '???'])('says nothing of %j', (text) => {
    expect([...embed(text)]).toEqual([0, 0]);
  });
});
