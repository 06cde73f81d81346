import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { FORBIDDEN_HOSTS } from './testing/forbidden-hosts.js';
import { readRedirect, readWebTarget, shownUrl, type WebTarget } from './web-target.js';

const read = (text: string): WebTarget => {
  const target = readWebTarget(text);
  if (!target) throw new Error(`not read: ${text}`);
  return target;
};
const HERE = read('https://shop.example.com/a/b?c=1');

describe('a web target', () => {
  it.each([
    ['http://shop.example.com', false, 'shop.example.com', 80, '/'],
    ['HTTPS://Shop.Example.com/x?y=1#z', true, 'Shop.Example.com', 443, '/x?y=1'],
    ['https://[2001:db8::1]:8443/', true, '2001:db8::1', 8443, '/'],
    ['http://10.0.0.1:8080/a/../b', false, '10.0.0.1', 8080, '/b'],
    ['https://bücher.example/ü', true, 'bücher.example', 443, '/%C3%BC'],
    ['http://a.example?q', false, 'a.example', 80, '/?q'],
  ])('is read from %s', (text, secure, host, port, path) => {
    expect(readWebTarget(text)).toMatchObject({ secure, host, port, path });
  });

  it.each([
    ...[
      '',
      'shop.example.com',
      '//shop.example.com',
      'ftp://a.example/',
      'file:///etc/passwd',
      'gopher://a.example',
    ],
    ...['javascript:alert(1)', 'data:text/html,x', 'http:/a.example', 'http:a.example', 'http:///a.example'],
    ...[
      'http://user@a.example/',
      'http://user:pw@a.example/',
      'http://a.example:80@b.example/',
      'http://@a.example',
    ],
    ...[
      'http://a.example\\@b.example/',
      'http://a.example:0/',
      'http://a.example:65536/',
      'http://a.example:/',
    ],
    ...[
      'http://a.example:8x/',
      'http://a b.example/',
      'http://a.example/\r\nX: y',
      'http://a.example/\tb',
      'http://',
    ],
    ...['http://[::1', 'http://::1/', 'http://[::1%25lo]/', `http://a.example/${'x'.repeat(5_000)}`],
  ])('is not read from %j', (text) => {
    expect(readWebTarget(text)).toBeNull();
  });

  it('never shows a parser-made host: what is disguised stays disguised', () => {
    for (const host of FORBIDDEN_HOSTS) {
      const text = `http://${host}/`;
      expect(text).toContain(readWebTarget(text)?.host ?? '');
    }
    expect(readWebTarget('http://0x7f.1/')?.host).toBe('0x7f.1');
  });

  it('is shown without its query', () => {
    expect(shownUrl(HERE)).toBe('https://shop.example.com/a/b');
  });
});

describe('a redirect', () => {
  it.each([
    ['/login', 'https://shop.example.com/login'],
    ['next?x=1#y', 'https://shop.example.com/a/next?x=1'],
    ['?page=2', 'https://shop.example.com/a/b?page=2'],
    ['', 'https://shop.example.com/a/b?c=1'],
    ['//www.example.com/x', 'https://www.example.com/x'],
    ['http://shop.example.com/', 'http://shop.example.com/'],
    ['HTTPS://other.example:8443', 'https://other.example:8443/'],
  ])('to %j leads to %s', (location, href) => {
    expect(readRedirect(location, HERE)?.href).toBe(href);
  });

  it.each([
    ...[
      'file:///etc/passwd',
      'javascript:alert(1)',
      'ldap://a.example',
      'mailto:a@b.example',
      'http:x',
      'https:/x',
    ],
    ...[
      '//user@evil.example/',
      '/\\evil.example/',
      '\\\\evil.example\\x',
      '//evil.example:99999/',
      '///evil.example/',
    ],
    ...['ht\ttp://a.example', ' //a.example', 'http://good.example@evil.example/', '//', 'x:y'],
  ])('to %j leads nowhere', (location) => {
    expect(readRedirect(location, HERE)).toBeNull();
  });

  it('stays at its host unless it names another one in so many letters', () => {
    fc.assert(
      fc.property(
        fc.oneof(fc.webUrl(), fc.webPath(), fc.string({ unit: 'binary' }), fc.string()),
        (location) => {
          const to = readRedirect(location, HERE);
          if (!to || to.host === HERE.host) return;
          expect(location.toLowerCase()).toContain(`//${to.host.toLowerCase()}`);
          expect(to.path).toMatch(/^\/[!-~]*$/);
        },
      ),
      { numRuns: 1_000 },
    );
  });
});
