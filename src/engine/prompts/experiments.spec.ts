import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { armOf } from './experiments.js';

const arms = [
  { version: '1.0.0', percent: 10 },
  { version: '1.1.0', percent: 25.5 },
];
const threads = Array.from({ length: 20_000 }, (_, index) => `thread-${index}`);

/** Share of the threads, in percent, that draw each version. */
function shares(id: string) {
  const counts = new Map<string | undefined, number>();
  for (const thread of threads) {
    const version = armOf(id, arms, thread)?.version;
    counts.set(version, (counts.get(version) ?? 0) + 100 / threads.length);
  }
  return counts;
}

describe('the arm of a thread', () => {
  it('is drawn in the shares that were asked for', () => {
    const drawn = shares('exp_1');
    // Four standard errors of 20,000 draws.
    expect(Math.abs((drawn.get('1.0.0') ?? 0) - 10)).toBeLessThan(0.9);
    expect(Math.abs((drawn.get('1.1.0') ?? 0) - 25.5)).toBeLessThan(1.3);
    expect(drawn.has(undefined)).toBe(true);
  });

  it('stays, and is drawn anew in another experiment', () => {
    const draw = (id: string) => threads.map((thread) => armOf(id, arms, thread)?.version);
    expect(draw('exp_1')).toEqual(draw('exp_1'));
    const other = draw('exp_2');
    const same = draw('exp_1').filter((version, index) => version === other[index]).length / threads.length;
    // Chance alone makes 0.1² + 0.255² + 0.645² of them the same.
    expect(Math.abs(same - 0.491)).toBeLessThan(0.03);
  });

  it('is there for every thread where the arms share all, and for none where they share nothing', () => {
    fc.assert(
      fc.property(fc.string(), fc.integer({ min: 0, max: 100 }), (thread, percent) => {
        const whole = [
          { version: 'a', percent },
          { version: 'b', percent: 100 - percent },
        ];
        expect(armOf('exp_1', whole, thread)).toBeDefined();
        expect(armOf('exp_1', [{ version: 'a', percent: 0 }], thread)).toBeUndefined();
      }),
    );
  });
});
