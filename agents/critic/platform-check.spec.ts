import { describe, expect, it } from '@jest/globals';
import type { Evidence } from '../contracts/index.js';
import { checkContradictions } from './contradiction-check.js';
import { checkPlatform } from './platform-check.js';

const evidence = (title: string): Evidence[] => [
  { id: 'ev_1', kind: 'passage', source: 'kb:a#0', title, quote: '', span: [0, 0], hash: '' },
];
const claim = (text: string) => [{ text, evidence: ['ev_1'], supported: true }];

describe('platform check', () => {
  it('finds advice for another platform', () => {
    expect(
      checkPlatform(
        'My MacBook asks for a password',
        claim('In Windows open Settings.'),
        evidence('Passwords'),
      ),
    ).toMatchObject([{ kind: 'wrong-product', claim: 0 }]);
    expect(
      checkPlatform('VPN on Linux?', claim('Choose Connect.'), evidence('VPN for Windows and macOS')),
    ).toHaveLength(1);
  });

  it('finds advice for another version', () => {
    expect(
      checkPlatform('We run Exchange 2016', claim('Exchange 2019 needs the tool.'), evidence('Mail')),
    ).toHaveLength(1);
  });

  it('leaves advice alone that fits or names no platform', () => {
    expect(
      checkPlatform('Outlook on Windows hangs', claim('Windows 11 has a safe mode.'), evidence('Outlook')),
    ).toEqual([]);
    expect(checkPlatform('Outlook on Windows hangs', claim('Choose Start.'), evidence('Outlook'))).toEqual(
      [],
    );
    expect(checkPlatform('Outlook hangs', claim('On a Mac hold Option.'), evidence('Outlook'))).toEqual([]);
  });
});

describe('contradiction check', () => {
  const observation = {
    id: 'ev_o1',
    tool: 'tls.inspect',
    target: 'vpn.example.com',
    ok: true,
    summary: 'The certificate expired.',
    facts: { verification: 'CERT_HAS_EXPIRED' },
    startedAt: '',
    ms: 1,
  };

  it('finds a claim that an observation of the same host refutes', () => {
    expect(
      checkContradictions(claim('The certificate of vpn.example.com is valid.'), [observation]),
    ).toMatchObject([{ kind: 'contradicted', claim: 0 }]);
  });

  it('says nothing about other hosts or agreeing claims', () => {
    expect(checkContradictions(claim('The certificate of www.example.com is valid.'), [observation])).toEqual(
      [],
    );
    expect(
      checkContradictions(claim('The certificate of vpn.example.com has expired.'), [observation]),
    ).toEqual([]);
  });
});
