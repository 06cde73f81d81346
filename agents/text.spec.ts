import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { legible } from './text.js';

describe('a text as a person reads it', () => {
  it('is what anybody writes, unchanged', () => {
    const text = `VPN fails\n\n    at example.Stack.trace(Some.java:12)\n${'https://a.example/'.padEnd(256, 'x')}\n`;
    expect(legible(text)).toBe(text);
  });

  it('has no endless words, gaps or middles', () => {
    fc.assert(
      fc.property(
        fc.array(
          fc.record({ unit: fc.constantFrom('y', '@', ' ', '\n', 'a b ', '😀'), times: fc.nat(20_000) }),
        ),
        (parts) => {
          const read = legible(parts.map(({ unit, times }) => unit.repeat(times)).join(''));
          expect(read.length).toBeLessThanOrEqual(32_003);
          expect(read.isWellFormed()).toBe(true);
          expect(/\S{514}|\s{66}/.test(read)).toBe(false);
        },
      ),
      { numRuns: 50 },
    );
  });

  it('keeps the end, where the question often stands', () => {
    expect(legible(`${'log line\n'.repeat(10_000)}What does it mean?`)).toMatch(/What does it mean\?$/);
  });
});
