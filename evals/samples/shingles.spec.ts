import { describe, expect, it } from '@jest/globals';
import { closestPair, shinglesOf } from './shingles.js';

describe('shingles', () => {
  it('are runs of words in any script, without case and punctuation', () => {
    expect([...shinglesOf('Være så venlig: LÅS mig op!', 3)]).toEqual([
      'være så venlig',
      'så venlig lås',
      'venlig lås mig',
      'lås mig op',
    ]);
    expect(shinglesOf('too short').size).toBe(0);
  });

  it('find a template under its slots', () => {
    const fill = (what: string) => `my ${what} does not work since this morning please help me soon`;
    const texts = [
      { id: 'a', text: fill('printer') },
      { id: 'b', text: 'the badge reader at the back door blinks red for everyone today' },
      { id: 'c', text: fill('headset') },
    ];
    expect(closestPair(texts)).toEqual({ ids: ['a', 'c'], jaccard: 6 / 10 });
  });

  it('find nothing where nothing is shared, and 1 for the same text', () => {
    const text = 'nothing leaves my outbox since eight';
    expect(closestPair([{ id: 'a', text }])).toBeNull();
    expect(
      closestPair([
        { id: 'a', text: 'one two three four five six' },
        { id: 'b', text },
      ]),
    ).toBeNull();
    expect(
      closestPair([
        { id: 'a', text },
        { id: 'b', text },
      ])?.jaccard,
    ).toBe(1);
  });
});
