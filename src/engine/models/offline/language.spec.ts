import { describe, expect, it } from '@jest/globals';
import { languageOf } from './language.js';
import { moodOf } from './mood.js';

describe('languageOf', () => {
  it.each([
    ['The printer does not print.', 'en'],
    ['Der Drucker druckt nicht.', 'de'],
    ["L'imprimante ne fonctionne plus depuis hier.", 'fr'],
    ['Printeren virker ikke i dag.', 'da'],
    ['La impresora no funciona desde ayer.', 'es'],
    ['Drukarka nie działa od wczoraj, proszę o pomoc, bo muszę wydrukować dokumenty.', 'pl'],
    ['0x80070643', null],
  ])('of "%s" is %s', (text, expected) => {
    expect(languageOf(text)).toBe(expected);
  });
});

describe('moodOf', () => {
  const names = ['calm', 'worried', 'frustrated', 'angry'];
  it.each([
    ['How do I print in Bristol?', 'calm'],
    ['I am worried that somebody stole my data, is this dangerous?', 'worried'],
    ['It fails again, the fourth time, this is so annoying', 'frustrated'],
    ['This is RIDICULOUS and UNACCEPTABLE!!! I want to complain', 'angry'],
  ])('of "%s" is %s', (text, expected) => {
    expect(moodOf(text, names)).toBe(expected);
  });

  it('chooses among whatever feelings there are', () => {
    expect(moodOf('This is ridiculous and unacceptable!!!', ['positive', 'neutral', 'negative'])).toBe(
      'negative',
    );
  });
});
