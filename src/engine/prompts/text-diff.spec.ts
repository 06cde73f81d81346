import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { diffTexts } from './text-diff.js';

const words = fc
  .array(fc.oneof(fc.constantFrom('a', 'b', 'the', ' ', '\n', '.', 'é', '🦊'), fc.string()), {
    maxLength: 40,
  })
  .map((parts) => parts.join(''));
const side = (before: string, after: string, own: 'removed' | 'added') =>
  diffTexts(before, after)
    .filter(({ kind }) => kind === 'same' || kind === own)
    .map(({ text }) => text)
    .join('');

describe('diff of two texts', () => {
  it('gives back both texts', () => {
    fc.assert(
      fc.property(words, words, (before, after) => {
        expect(side(before, after, 'removed')).toBe(before);
        expect(side(before, after, 'added')).toBe(after);
      }),
    );
  });

  it('says nothing differs where nothing does', () => {
    fc.assert(
      fc.property(words, (text) => {
        expect(diffTexts(text, text)).toEqual(text === '' ? [] : [{ kind: 'same', text }]);
      }),
    );
  });

  it('names the words that differ and no more', () => {
    expect(diffTexts('Say first what is wrong.\nEnd.', 'Say what is really wrong.\nEnd.')).toEqual([
      { kind: 'same', text: 'Say ' },
      { kind: 'removed', text: 'first ' },
      { kind: 'same', text: 'what is' },
      { kind: 'added', text: ' really' },
      { kind: 'same', text: ' wrong.\nEnd.' },
    ]);
  });
});
