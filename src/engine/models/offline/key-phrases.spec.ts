import { describe, expect, it } from '@jest/globals';
import { keyPhrases } from './key-phrases.js';

describe('keyPhrases', () => {
  it('keeps codes and words of content, without greeting, signature and quoted mail', () => {
    const text =
      'Hi there,\n\nthe printer says LL-4102 since Monday.\n\nRegards\nAda\n\n> older mail about parking';
    expect(keyPhrases(text, 4)).toEqual(['printer LL-4102']);
  });

  it('gives one query for each question', () => {
    expect(keyPhrases('How do I reset my password? Where can I order a monitor?', 4).slice(0, 2)).toEqual([
      'reset password',
      'order monitor screen',
    ]);
  });

  it('adds the usual word to a rare or foreign one', () => {
    expect(keyPhrases('Mot de passe oublié', 4)).toEqual(['Mot de passe password oublié forget']);
  });

  it('always has a query, and no more than asked for', () => {
    expect(keyPhrases('??', 3)).toEqual(['??']);
    expect(keyPhrases('Is the black cat in? Is the brown dog out? Is the green bird up?', 2)).toHaveLength(2);
  });
});
