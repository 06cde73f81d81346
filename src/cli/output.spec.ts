import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { printable } from './output.js';

describe('printable', () => {
  it('keeps text, line ends and tabs', () => expect(printable('Grüße\n\t→ 終 👍')).toBe('Grüße\n\t→ 終 👍'));

  it('leaves nothing that could command a terminal', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), (text) => {
        const codes = Array.from(printable(`\x1b[2J${text}\x9b31m`), (character) => character.charCodeAt(0));
        const commands = codes.filter((code) => code < 32 || (code >= 127 && code < 160));
        expect(commands.filter((code) => code !== 9 && code !== 10)).toEqual([]);
      }),
    );
  });
});
