import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { analysisOf, kinship, sentencesOf } from './text.js';

const stems = (text: string) => analysisOf(text).terms.map(({ stem }) => stem);
const identifiers = (text: string) =>
  analysisOf(text)
    .terms.filter(({ identifier }) => identifier)
    .map(({ surface }) => surface);

describe('analysisOf', () => {
  it('leaves out function words and gives synonyms, inflections and other languages one stem', () => {
    expect(stems('I forgot my password')).toEqual(stems("J'ai oublié mon mot de passe"));
    expect(stems('signing in')).toEqual(stems('log on'));
    expect(stems('expired certificates')).toEqual(stems('the cert has run out').toReversed());
  });

  it.each([
    ['Error 0x80070643 on vpn.larkfield.example:443', ['0x80070643', 'vpn.larkfield.example:443']],
    ['PRINT-ANY says LL-4102', ['PRINT-ANY', 'LL-4102']],
    ['bounce 5.7.26 for me@example.org', ['5.7.26', 'me@example.org']],
    ['a 7-day pass and/or the end.Next', []],
  ])('finds the identifiers of %s', (text, expected) => {
    expect(identifiers(text)).toEqual(expected);
  });

  it('places each term where it stands', () => {
    fc.assert(
      fc.property(fc.string({ maxLength: 200 }), (text) => {
        for (const { surface, start } of analysisOf(text).terms)
          expect(text.startsWith(surface, start)).toBe(true);
      }),
    );
  });
});

describe('sentencesOf', () => {
  it('keeps abbreviations, code and broken lines together', () => {
    expect(sentencesOf('Call ext. 4357 now.\nRun `a. B c` in\nthe shell. Done!')).toEqual([
      'Call ext. 4357 now.',
      'Run `a. B c` in the shell.',
      'Done!',
    ]);
  });

  it('loses no word', () => {
    fc.assert(
      fc.property(fc.string({ maxLength: 300 }), (text) => {
        const squeeze = (whole: string) => whole.replace(/\s+/g, '');
        expect(squeeze(sentencesOf(text).join(''))).toBe(squeeze(text));
      }),
    );
  });
});

describe('kinship', () => {
  it.each([
    ['certif', 'certif', 1],
    ['expiri', 'expir', 0.8],
    ['passwrod', 'password', 0.8],
    ['print', 'paint', 0.8],
    ['port', 'part', 0],
    ['ll-4102', 'll-4103', 0],
  ])('of %s and %s is %d', (one, other, expected) => {
    expect(kinship(one, other)).toBe(expected);
    expect(kinship(other, one)).toBe(expected);
  });
});
