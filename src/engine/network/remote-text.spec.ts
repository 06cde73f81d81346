import { expect, it } from '@jest/globals';
import fc from 'fast-check';
import { plainLine } from './remote-text.js';

it('makes one printable line of any text', () => {
  expect(plainLine('a\u001b[31mb\r\nc\u202ed\u{e0041}e')).toBe('a [31mb c d e');
  expect(plainLine('x'.repeat(1_000), 10)).toBe(`${'x'.repeat(9)}…`);
  fc.assert(
    fc.property(fc.string({ unit: 'binary' }), fc.integer({ min: 1, max: 50 }), (text, limit) => {
      const line = plainLine(text, limit);
      expect(line.length).toBeLessThanOrEqual(limit);
      expect(line).not.toMatch(/[\p{Cc}\p{Cf}\p{Zl}\p{Zp}\p{Variation_Selector}]/u);
    }),
  );
});
