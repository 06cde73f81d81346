import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { analyse, grams } from './analysis.js';

describe('analyse', () => {
  it.each([
    ['Renewing the certificates', ['renew', 'certif']],
    ['ERR_CERT_DATE_INVALID', ['err', 'cert', 'date', 'invalid', 'err_cert_date_invalid']],
    ['vpn.larkfield.example', ['vpn', 'larkfield', 'exampl', 'vpn_larkfield_example']],
    ['550 5.7.1', ['550', '5_7_1']],
    ['error 0x80070643', ['error', '0x80070643']],
    ['Wi-Fi and WiFi', ['wi', 'fi', 'wifi', 'wi', 'fi', 'wifi']],
    ['the laptop’s owner', ['laptop', 'owner']],
    ['Übergrößen café', ['ubergroßen', 'cafe']],
    ['打印机', ['打印', '印机']],
    ['to be or not to be', []],
    ['👍 ¯\\_(ツ)_/¯ "; DROP', ['ツ', 'drop']],
  ])('reads %j', (text, terms) => {
    expect(analyse(text)).toEqual(terms);
  });

  it('makes only terms that a tokenizer keeps whole, whatever the text', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary', maxLength: 300 }), (text) => {
        for (const term of [...analyse(text), ...grams(text)]) expect(term).toMatch(/^[\p{L}\p{N}_]{1,64}$/u);
      }),
    );
  });
});

describe('grams', () => {
  it('overlap where a word is misspelt', () => {
    const right = new Set(grams('certificate'));
    const shared = grams('certficate').filter((gram) => right.has(gram));
    expect(shared.length).toBeGreaterThan(right.size / 2);
  });
});
