import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { fuse } from './fusion.js';
import type { Candidate } from './knowledge-store.js';

const candidate = (documentId: string, more: Partial<Candidate> = {}): Candidate => ({
  documentId,
  hash: `hash of ${documentId}`,
  title: documentId,
  position: 0,
  isPassage: true,
  words: 0,
  meaning: 0,
  titleMeaning: 0,
  ...more,
});

const asked = { terms: 4, title: () => 0, tickets: new Map<string, number>() };
const order = (candidates: readonly Candidate[], more: Partial<typeof asked> = {}) =>
  fuse(candidates, { ...asked, ...more }).map(({ documentId }) => documentId);

describe('Fusion', () => {
  it('lets meaning decide where words hardly tell documents apart', () => {
    const alike = [
      candidate('words', { words: 10 }),
      candidate('meant', { words: 9, meaning: 0.9, titleMeaning: 0.9 }),
    ];
    expect(order(alike)).toEqual(['meant', 'words']);
  });

  it('trusts words that single one document out', () => {
    const clear = [
      candidate('words', { words: 10 }),
      candidate('meant', { words: 5, meaning: 0.9, titleMeaning: 0.9 }),
    ];
    expect(order(clear)).toEqual(['words', 'meant']);
  });

  it('trusts words more the longer the text', () => {
    const close = [
      candidate('words', { words: 10 }),
      candidate('meant', { words: 7.5, meaning: 0.9, titleMeaning: 0.9 }),
    ];
    expect(order(close, { terms: 2 })).toEqual(['meant', 'words']);
    expect(order(close, { terms: 200 })).toEqual(['words', 'meant']);
  });

  it('leaves out what only chance speaks for', () => {
    const chance = candidate('chance', { meaning: 0.2, titleMeaning: 0.29 });
    expect(
      order([chance, candidate('meant', { titleMeaning: 0.31 }), candidate('said', { words: 0.1 })]),
    ).not.toContain('chance');
    expect(order([chance])).toEqual([]);
  });

  it('drops what is proposed by its document where one of its passages was found', () => {
    const found = fuse(
      [candidate('a', { position: 3, words: 1 }), candidate('a', { isPassage: false })],
      asked,
    );
    expect(found.map(({ position }) => position)).toEqual([3]);
  });

  it('gives every document once before any twice, best first, and finite scores', () => {
    const score = fc.double({ min: -1, max: 1, noNaN: true });
    const any = fc.record({
      documentId: fc.constantFrom('a', 'b', 'c'),
      position: fc.nat(3),
      isPassage: fc.boolean(),
      words: fc.double({ min: 0, max: 50, noNaN: true }),
      meaning: score,
      titleMeaning: score,
    });
    fc.assert(
      fc.property(fc.array(any), fc.nat(300), (drafts, terms) => {
        const candidates = drafts.map(({ documentId, ...more }) => candidate(documentId, more));
        const ranked = fuse(candidates, { ...asked, terms });
        const documents = new Set(ranked.map(({ documentId }) => documentId)).size;
        const first = ranked.slice(0, documents);
        expect(new Set(first.map(({ documentId }) => documentId)).size).toBe(documents);
        for (const part of [first, ranked.slice(documents)]) {
          const scores = part.map((hit) => hit.score);
          expect(scores.every(Number.isFinite)).toBe(true);
          expect(scores).toEqual([...scores].sort((a, b) => b - a));
        }
      }),
    );
  });
});
