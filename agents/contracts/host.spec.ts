import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { parseHost } from './host.js';

describe('a host', () => {
  it.each([
    ['Example.COM.', { kind: 'name', text: 'example.com' }],
    ['_dmarc.example.com', { kind: 'name', text: '_dmarc.example.com' }],
    ['Bücher.example', { kind: 'name', text: 'xn--bcher-kva.example' }],
    ['print01', { kind: 'name', text: 'print01' }],
    ['192.0.2.1', { kind: 'ipv4', text: '192.0.2.1' }],
    ['2001:DB8:0:0:0:0:0:1', { kind: 'ipv6', text: '2001:db8::1' }],
    ['::ffff:127.0.0.1', { kind: 'ipv6', text: '::ffff:7f00:1' }],
  ])('is read from %j', (text, host) => {
    expect(parseHost(text)).toEqual(host);
  });

  it.each([
    ...[
      '',
      '.',
      'a..b',
      '-a.com',
      'a-.com',
      'a b.com',
      'a.com:80',
      'u@a.com',
      'a.com/',
      'a%2ecom',
      '[::1]',
      '::1%eth0',
    ],
    ...[
      '127.1',
      '0177.0.0.1',
      '0x7f.0.0.1',
      '2130706433',
      '256.1.1.1',
      '1.2.3.4.5',
      '192.0.2.1.',
      '01.2.3.4',
    ],
    ...[
      '１２７.0.0.1',
      '①.com',
      'ｅxample.com',
      'Kelvin\u212a.com',
      'exam\ufe0fple.com',
      'a。com',
      'a\u0000.com',
      'a\u200d.com',
    ],
  ])('is not read from %j', (text) => {
    expect(parseHost(text)).toBeNull();
  });

  it('is written in one way only: reading it again changes nothing', () => {
    const text = fc.oneof(
      fc.domain(),
      fc.ipV4(),
      fc.ipV6(),
      fc.string({ unit: 'binary' }),
      fc.webAuthority(),
    );
    fc.assert(
      fc.property(text, (given) => {
        const host = parseHost(given);
        if (host === null) return;
        expect(parseHost(host.text)).toEqual(host);
        expect(host.text).toMatch(/^[a-z\d_.:-]{1,253}$/);
        expect(parseHost(given.toUpperCase())?.text ?? host.text).toBe(host.text);
      }),
      { numRuns: 1_000 },
    );
  });
});
