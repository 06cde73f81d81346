import { describe, expect, it } from '@jest/globals';
import { type Host, parseHost } from '../../../agents/contracts/index.js';
import { targetsOf } from '../../../agents/testing/run-context.js';
import { errorCode } from './error-code.js';
import { parseEstate } from './estate.js';
import { isSameSite } from './same-site.js';
import { createTargetPolicy } from './target-policy.js';

const hostOf = (text: string): Host => {
  const host = parseHost(text);
  if (!host) throw new Error(`no host: ${text}`);
  return host;
};

describe('the same site', () => {
  it.each([
    ['example.com', 'www.example.com', true],
    ['shop.example.com', 'login.example.com', true],
    ['a.example.co.uk', 'b.example.co.uk', true],
    ['one.co.uk', 'two.co.uk', false],
    ['one.com.au', 'two.com.au', false],
    ['example.com', 'example.org', false],
    ['example.com', 'badexample.com', false],
    ['print01', 'print01', true],
    ['print01', 'print02', false],
    ['10.0.0.1', '10.0.0.1', true],
    ['1.2.3.4', '9.9.3.4', false],
  ])('holds for %s and %s: %s', (one, other, same) => {
    expect(isSameSite(hostOf(one), hostOf(other))).toBe(same);
    expect(isSameSite(hostOf(other), hostOf(one))).toBe(same);
  });
});

describe('a redirect', () => {
  const estate = parseEstate(['*.corp.example', 'git.corp.example:3000', '10.0.0.0/8']);
  const policy = createTargetPolicy(
    estate,
    () => [],
    () => [],
  );
  const targets = targetsOf('shop.example.com', 'other.example');
  const verdict = (from: string, to: string, port = 443, fromPort = 443): string => {
    try {
      return policy.admitRedirect(to, port, targets, { host: hostOf(from), port: fromPort }).text;
    } catch (error) {
      return errorCode(error);
    }
  };

  it.each([
    ['shop.example.com', 'www.example.com', 443, 'www.example.com'],
    ['shop.example.com', 'other.example', 443, 'other.example'],
    ['a.corp.example', 'b.corp.example', 9_999, 'b.corp.example'],
    ['shop.example.com', 'shop.example.com', 8443, 'shop.example.com'],
    ['shop.example.com', 'evil.example', 443, 'TARGET_UNTRUSTED'],
    ['shop.example.com', 'git.corp.example', 443, 'TARGET_UNTRUSTED'],
    ['shop.example.com', '10.1.2.3', 443, 'TARGET_UNTRUSTED'],
    ['shop.example.com', '93.184.216.34', 443, 'TARGET_UNTRUSTED'],
    ['shop.example.com', 'shop.example.com', 25, 'TARGET_DENIED'],
    ['shop.example.com', 'www.example.com', 6379, 'TARGET_DENIED'],
    ['shop.example.com', '0x7f.1', 443, 'TARGET_INVALID'],
    ['shop.example.com', 'shop.example.com', 0, 'TARGET_INVALID'],
  ])('from %s to %s on port %i: %s', (from, to, port, expected) => {
    expect(verdict(from, to, port)).toBe(expected);
  });

  it('may stay on the unusual port that was asked for', () => {
    expect(verdict('shop.example.com', 'www.example.com', 9000, 9000)).toBe('www.example.com');
  });

  it('does not step from the internet into the estate, whatever the names say', () => {
    const step = (from: string, to: string) => () => policy.admitStep(from, to);
    expect(step('93.184.216.34', '10.1.2.3')).toThrow(/TARGET_DENIED/);
    expect(step('93.184.216.34', '::ffff:10.1.2.3')).toThrow(/TARGET_DENIED/);
    expect(step('2606:4700::1111', '127.0.0.1')).toThrow(/TARGET_DENIED/);
    expect(step('93.184.216.34', '8.8.8.8')).not.toThrow();
    expect(step('10.1.2.3', '10.1.2.4')).not.toThrow();
    expect(step('10.1.2.3', '8.8.8.8')).not.toThrow();
  });
});

describe('an answer of DNS', () => {
  const policy = createTargetPolicy(
    parseEstate(['mail.corp']),
    () => [],
    () => [],
  );
  it('may name a public host or one of the estate, and nothing local', () => {
    expect(policy.admitAnswer('mx.provider.example', 25).text).toBe('mx.provider.example');
    expect(policy.admitAnswer('mail.corp', 25).text).toBe('mail.corp');
    for (const local of ['localhost', 'mx.lan', 'metadata.google.internal', 'print01'])
      expect(() => policy.admitAnswer(local, 25)).toThrow(/TARGET_DENIED/);
    for (const junk of ['', '.', '127.1', 'a b', 'mx..example'])
      expect(() => policy.admitAnswer(junk, 25)).toThrow(/TARGET_INVALID/);
  });
});
