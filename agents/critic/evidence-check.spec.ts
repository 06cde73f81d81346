import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import type { Evidence } from '../contracts/index.js';
import { checkEvidence, faultOfClaim } from './evidence-check.js';

const passage = (id: string, quote: string, title = 'VPN'): Evidence => ({
  id,
  kind: 'passage',
  source: `kb:${id}#0`,
  title,
  quote,
  span: [0, quote.length],
  hash: 'sha256:0',
});

const EVIDENCE = [
  passage(
    'ev_1',
    'Renewing takes up to 15 minutes. Open Company Portal and choose Sync. Error 13806 means that the certificate of vpn.larkfield.example has expired.',
  ),
  passage('ev_2', 'Do not power off the laptop. Call the service desk on extension 4357.'),
];
const byId = new Map(EVIDENCE.map((item) => [item.id, item]));
const kindOf = (text: string, ...evidence: string[]) => faultOfClaim({ text, evidence }, byId)?.kind ?? null;

describe('evidence check', () => {
  it('passes what the cited evidence says', () => {
    expect(kindOf('Open Company Portal and choose Sync.', 'ev_1')).toBeNull();
    expect(kindOf('The renewal takes up to 15 minutes.', 'ev_1')).toBeNull();
    expect(
      kindOf('Error 13806 means the certificate of vpn.larkfield.example has expired.', 'ev_1'),
    ).toBeNull();
  });

  it.each([
    ['a number', 'Renewing takes up to 50 minutes.'],
    ['a part of a number', 'Error 806 means that the certificate of vpn.larkfield.example has expired.'],
    ['an identifier', 'Error 13807x means that the certificate has expired.'],
    ['a host name', 'Error 13806 means that the certificate of vpn2.larkfield.example has expired.'],
    ['a URL', 'Open Company Portal at https://portal.example.com and choose Sync.'],
    ['a quote', 'Open Company Portal and choose "Renew all".'],
    ['another statement', 'Restart the router and reinstall the driver of the network card.'],
    ['the opposite', 'Error 13806 does not mean that the certificate of vpn.larkfield.example has expired.'],
  ])('refuses %s that the evidence does not hold', (_, text) => {
    expect(kindOf(text, 'ev_1')).toBe('unsupported');
  });

  it('passes a whole quote, whatever its sentences deny', () => {
    const quote = 'The certificate runs until May. It does not name the host, so clients do not trust it.';
    const tool = new Map([['ev_3', passage('ev_3', quote)]]);
    expect(faultOfClaim({ text: quote, evidence: ['ev_3'] }, tool)).toBeNull();
    const turned = { text: 'The certificate does not run until May.', evidence: ['ev_3'] };
    expect(faultOfClaim(turned, tool)?.kind).toBe('unsupported');
  });

  it('looks only at the evidence that a claim cites', () => {
    expect(kindOf('Call the service desk on extension 4357.', 'ev_2')).toBeNull();
    expect(kindOf('Call the service desk on extension 4357.', 'ev_1')).toBe('unsupported');
  });

  it('refuses claims without evidence or with evidence that does not exist', () => {
    expect(kindOf('Open Company Portal and choose Sync.')).toBe('uncited');
    expect(kindOf('Open Company Portal and choose Sync.', 'ev_1', 'ev_9')).toBe('uncited');
  });

  it('counts text that could not be scored as uncovered', () => {
    const { coverage, claims } = checkEvidence(
      [
        { text: 'Choose Sync.', evidence: ['ev_1'] },
        { text: 'Hope helps.!', evidence: [] },
      ],
      EVIDENCE,
    );
    expect(coverage).toBe(0.5);
    expect(claims.map(({ supported }) => supported)).toEqual([true, false]);
  });

  it('never passes a number that the evidence does not hold', () => {
    fc.assert(
      fc.property(fc.integer({ min: 100, max: 999_999 }), (number) => {
        fc.pre(!['13806'].includes(String(number)));
        expect(kindOf(`Renewing takes up to ${number} minutes.`, 'ev_1')).toBe('unsupported');
      }),
    );
  });

  it('passes every sentence of its own evidence', () => {
    for (const { id, quote } of EVIDENCE)
      for (const sentence of quote.split(/(?<=\.) /)) expect(kindOf(sentence, id)).toBeNull();
  });
});
