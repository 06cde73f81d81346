import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { rarity } from '../knowledge/query.js';
import { createRecentTickets, EARLIER_TICKETS } from './recent-tickets.js';
import { bytesOf, dampedCount, SIGNATURE_TERMS, signatureFrom, signatureOf, termOf } from './signature.js';

const WORDS = ['printer', 'jam', 'tunnel', 'mail', 'slow', 'LL-4102', 'badge', 'screen', 'laptop', 'invoice'];

describe('a signature', () => {
  it('holds what the text begins with, counts the subject twice, and survives its column', () => {
    const words = Array.from({ length: 50 }, (_, index) => `w${index}x`);
    const signature = signatureOf(`Printer jam\n${words.join(' ')}`);
    expect(signature).toHaveLength(SIGNATURE_TERMS);
    expect(dampedCount(signature[0] ?? 0)).toBeCloseTo(1 + Math.log(2), 10);
    expect(dampedCount(signature[2] ?? 0)).toBe(1);
    expect(signatureFrom(bytesOf(signature))).toEqual(signature);
    for (const odd of ['', '\0', 'the of and', 'x'.repeat(10_000), '🙂'])
      expect(signatureOf(odd).length).toBeLessThanOrEqual(2);
  });
});

describe('recent tickets', () => {
  it('finds what comparing with each of the newest finds, however often the ring came round', () => {
    const capacity = 8;
    const text = fc
      .array(fc.constantFrom(...WORDS), { minLength: 1, maxLength: 6 })
      .map((words) => words.join(' '));
    fc.assert(
      fc.property(
        fc.array(text, { minLength: 1, maxLength: 40 }),
        text,
        fc.nat(40),
        (texts, asked, before) => {
          const recent = createRecentTickets(capacity);
          const tickets = texts.map((each, index) => ({ number: index + 1, signature: signatureOf(each) }));
          for (const ticket of tickets) recent.add(ticket);
          const kept = tickets.slice(-capacity);
          const holding = (term: number) =>
            kept.filter(({ signature }) => signature.some((word) => termOf(word) === term)).length;
          const weigh = (signature: Uint32Array) =>
            new Map(
              [...signature].map((word) => [
                termOf(word),
                dampedCount(word) * rarity(EARLIER_TICKETS + kept.length, holding(termOf(word))),
              ]),
            );
          const length = (weights: ReadonlyMap<number, number>) => Math.hypot(...weights.values());
          const own = weigh(signatureOf(asked));
          const expected = kept
            .filter(({ number }) => number < before)
            .map(({ number, signature }) => {
              const theirs = weigh(signature);
              const product = [...own].reduce(
                (sum, [term, weight]) => sum + weight * (theirs.get(term) ?? 0),
                0,
              );
              return { number, score: product / (length(own) * length(theirs)) };
            })
            .filter(({ score }) => score >= 0.2)
            .sort((a, b) => b.number - a.number);
          const found = recent.like(signatureOf(asked), before, 0.2).toSorted((a, b) => b.number - a.number);
          expect(found.map(({ number }) => number)).toEqual(expected.map(({ number }) => number));
          for (const [index, { score }] of found.entries())
            expect(score).toBeCloseTo(expected[index]?.score ?? -1, 9);
          expect(recent.newest()).toBe(texts.length);
        },
      ),
    );
  });

  it('finds a text of many shared words first, and itself with 1', () => {
    const recent = createRecentTickets();
    for (let number = 1; number <= 2_000; number += 1)
      recent.add({ number, signature: signatureOf(`ticket n${number} printer jam floor f${number % 7}`) });
    const [first] = recent.like(signatureOf('ticket n5 printer jam floor f5'), Number.POSITIVE_INFINITY, 0.4);
    expect(first?.number).toBe(5);
    expect(first?.score).toBeCloseTo(1, 9);
  });
});
