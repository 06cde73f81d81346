import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { readDkim, readDmarc, readSpf } from './mail-policy.js';

describe('an SPF policy', () => {
  it.each([
    [[], ['missing'], 'none', 0],
    [['google-site-verification=x', 'v=spf10 -all', 'v=spf1-all', 'spf1 -all'], ['missing'], 'none', 0],
    [['v=spf1 ip4:192.0.2.0/24 -all'], ['ok'], '-all', 0],
    [['V=SPF1 A MX INCLUDE:_spf.example.com ~ALL'], ['ok'], '~all', 3],
    [['v=spf1 include:a.example redirect=b.example'], ['ok'], 'redirect', 2],
    [['v=spf1 a redirect=b.example -all'], ['ok'], '-all', 1],
    [['v=spf1 a/24 mx:b.example//64 exists:%{i}._s.example ptr -all'], ['ok'], '-all', 4],
    [['v=spf1 exp=why.example unknown-modifier=x -all'], ['ok'], '-all', 0],
    [['v=spf1 +all'], ['open'], '+all', 0],
    [['v=spf1 all'], ['open'], '+all', 0],
    [['v=spf1 mx ?all'], ['permissive'], '?all', 1],
    [['v=spf1'], ['permissive'], 'none', 0],
    [['v=spf1 ipv4:192.0.2.1 -all'], ['invalid'], '-all', 0],
    [['v=spf1 include: -all'], ['invalid'], '-all', 0],
    [['v=spf1 -all', 'v=spf1 ~all'], ['several'], '-all', 0],
    [[`v=spf1 ${'include:a.example '.repeat(10)}-all`], ['ok'], '-all', 10],
    [[`v=spf1 ${'include:a.example '.repeat(11)}+all`], ['open', 'too many lookups'], '+all', 11],
  ])('of %j is %j', (records, verdicts, policy, lookups) => {
    expect(readSpf(records)).toEqual({ verdicts, policy, lookups });
  });

  it('is read from any text, with one verdict at least', () => {
    fc.assert(
      fc.property(
        fc.array(
          fc.oneof(
            fc.string(),
            fc.string().map((rest) => `v=spf1 ${rest}`),
          ),
        ),
        (records) => {
          expect(readSpf(records).verdicts.length).toBeGreaterThan(0);
        },
      ),
    );
  });
});

describe('a DMARC policy', () => {
  it.each([
    [[], 'missing'],
    [['v=spf1 -all', 'v=DMARC2; p=none'], 'missing'],
    [['v=DMARC1; p=none; rua=mailto:a@example.com'], 'none'],
    [['v=DMARC1;p=Quarantine;pct=50'], 'quarantine'],
    [['v = DMARC1 ; sp=none; p = reject'], 'reject'],
    [['v=DMARC1; p=block'], 'invalid'],
    [['v=DMARC1'], 'invalid'],
    [['v=DMARC1; p=none', 'v=DMARC1; p=reject'], 'several'],
  ])('of %j is %s', (records, policy) => {
    expect(readDmarc(records)).toBe(policy);
  });
});

describe('a DKIM key', () => {
  it.each([
    [[], 'not found'],
    [['v=spf1 -all'], 'not found'],
    [['v=DKIM1; k=rsa; p=MIGf'], 'found'],
    [['k=ed25519; p=11qY'], 'found'],
    [['v=DKIM1; p='], 'revoked'],
    [['v=DKIM2; p=MIGf'], 'not found'],
  ])('of %j is %s', (records, state) => {
    expect(readDkim(records)).toBe(state);
  });
});
