import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { createWordPieces } from './word-pieces.js';

const PIECES = [
  'the',
  'print',
  'printer',
  '##er',
  '##ing',
  '-',
  'wi',
  'fi',
  'cafe',
  '.',
  '!',
  '東',
  'a',
  '##b',
];
const cut = createWordPieces(PIECES);
const piecesOf = (text: string) => cut(text).map((number) => PIECES[number]);

describe('Word pieces', () => {
  it.each([
    ['The printer', ['the', 'printer']],
    ['printing', ['print', '##ing']],
    ['Wi-Fi!', ['wi', '-', 'fi', '!']],
    ['Café', ['cafe']],
    ['ab', ['a', '##b']],
    ['東東', ['東', '東']],
    ['the\u0000\u200bprinter', ['the', 'printer']],
  ])('cuts %j into the longest known pieces', (text, expected) => {
    expect(piecesOf(text)).toEqual(expected);
  });

  it('leaves out a word that cannot be made of pieces, and no other', () => {
    expect(piecesOf('the xylophone printer')).toEqual(['the', 'printer']);
    expect(piecesOf(`the ${'print'.repeat(40)}`)).toEqual(['the']);
  });

  it('makes known numbers of any text, and the same whatever was cut before', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), (text) => {
        const numbers = cut(text);
        expect(numbers.every((number) => number in PIECES)).toBe(true);
        expect(createWordPieces(PIECES)(text)).toEqual(numbers);
      }),
    );
  });
});
