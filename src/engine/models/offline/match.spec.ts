import { describe, expect, it } from '@jest/globals';
import { matchParts, onTopic } from './match.js';
import type { Source } from './prompt-reader.js';

const claims = (...texts: string[]): Source[] =>
  texts.map((text, at) => ({ id: `c${at + 1}`, title: '', text, kind: 'claim', fields: {} }));

describe('matchParts', () => {
  it('finds for each part the claims that speak to it', () => {
    const parts = matchParts(
      'How do I reset my password? And where can I order a second monitor?',
      claims('Open the portal and reset the password there.', 'Monitors are ordered at the shop desk.'),
    );
    expect(parts.map(({ items }) => items)).toEqual([['c1'], ['c2']]);
  });

  it('leaves a part open that no claim speaks to', () => {
    const [, second] = matchParts(
      'How do I reset my password? And where can I order a second monitor?',
      claims('Open the portal and reset the password there.'),
    );
    expect(second).toEqual({ part: 'And where can I order a second monitor?', items: [] });
  });

  it('leaves a question open whose name for the product no claim has', () => {
    const [only] = matchParts(
      'How do I calibrate the Zebra label scale?',
      claims('Restart the coffee machine and wait.'),
    );
    expect(only?.items).toEqual([]);
  });
});

describe('onTopic', () => {
  it('keeps steps that share words with an answer, and drops what belongs to nothing', () => {
    const items = claims(
      'The certificate of the VPN is renewed by the portal.',
      'Open the portal and press Sync.',
      'Bananas ripen faster beside apples.',
    );
    expect([...onTopic('my VPN certificate expired', items)]).toEqual(['c1', 'c2']);
  });
});
