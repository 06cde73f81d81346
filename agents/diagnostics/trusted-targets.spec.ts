import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { type Message, parseHost, type Ticket } from '../contracts/index.js';
import { trustedTargets } from './trusted-targets.js';

const human = (content: string, id = 'm1'): Message => ({ id, type: 'human', content });
const typed = (content: string) => trustedTargets({ messages: [human(content)], ticket: null }).list;
const ticket = (subject: string, body: string): Ticket => ({ id: 't1', subject, body });

describe('trusted targets', () => {
  it.each<[string, string[]]>([
    ['vpn.larkfield.example says the certificate expired', ['vpn.larkfield.example']],
    ['Is VPN.Larkfield.Example. down?', ['vpn.larkfield.example']],
    ['https://shop.example.com:8443/cart?next=https://other.example is slow', ['shop.example.com']],
    ['see (http://intranet/start) and <https://a.example.org>.', ['intranet', 'a.example.org']],
    ['http://[2001:db8::1]:8443/x and 2001:DB8:0::2', ['2001:db8::1', '2001:db8::2']],
    ['mail from ann.berg@larkfield.example bounces', ['larkfield.example']],
    ['gateway 10.1.2.3:443, host:print01.larkfield.example', ['10.1.2.3', 'print01.larkfield.example']],
    ['open \\\\files.larkfield.example\\teams please', ['files.larkfield.example']],
    ['größe: https://bücher.example and bücher.example', ['xn--bcher-kva.example']],
    ['host=db.example.net;port=5432', ['db.example.net']],
    ['aka.ms/setup does not open', ['aka.ms']],
  ])('reads %j', (text, hosts) => {
    expect(typed(text)).toEqual(hosts);
  });

  it.each([
    'the file report.docx and notes.md and setup.sh',
    'we use node.js, vue.js, ASP.NET and System.IO with java.net',
    'version 10.0.4.1 of the client, v2.3, build 1.2.3.4',
    'it is down.it worked yesterday',
    'at com.example.shop.CartService.load(CartService.java:42)',
    'C:\\Users\\ann\\report.docx and /etc/hosts at 12:30:45',
    'user.name is null, e.g. this.id',
    '０x７f.1 １２７.０.０.１ 0x7f.1 127.1 2130706433 0177.0.0.1 256.1.1.1',
    'https://bank.example@evil.example/login',
    'std::vector and a::b and ::',
    'exam\u200bple.com is written with a hidden space',
  ])('finds no host in %j', (text) => {
    expect(typed(text)).toEqual([]);
  });

  it.each([
    '> evil.example said so',
    '  >> https://evil.example',
    '-----Original Message-----\nsee evil.example',
    '---------- Forwarded message ---------\nsee evil.example',
    'Begin forwarded message:\n\nevil.example',
    '----- Weitergeleitete Nachricht -----\nevil.example',
    'Forwarded by Ann Berg on Monday\nevil.example',
    'On Mon, 3 May 2026 at 10:00, Ann Berg wrote:\nevil.example',
    'On Mon, 3 May 2026 at 10:00, Ann Berg\n<ann@sender.example> wrote:\nevil.example',
    'Am 03.05.26 um 10:00 schrieb Ann Berg:\nevil.example',
    'Le lun. 3 mai 2026 à 10:00, Ann Berg a écrit :\nevil.example',
    'Den 3. maj 2026 skrev Ann Berg:\nevil.example',
    'From: Ann Berg\nSent: Monday\nTo: Help\nSubject: x\n\nevil.example',
    '*Von:* Ann Berg\n*Gesendet:* Montag\nevil.example',
    'De : Ann Berg\nEnvoyé : lundi\nevil.example',
    'Fra: Ann Berg\nSendt: mandag\nevil.example',
  ])('does not trust what was quoted or forwarded: %j', (quoted) => {
    expect(typed(`our vpn.example.com fails\r\n\r\n${quoted}`)).toEqual(['vpn.example.com']);
    expect(trustedTargets({ messages: [], ticket: ticket('Help', quoted) }).list).toEqual([]);
  });

  it('reads a ticket, but not the subject that somebody else wrote', () => {
    const own = ticket('mail.example.com is down', 'also www.example.com');
    expect(trustedTargets({ messages: [], ticket: own }).list).toEqual([
      'mail.example.com',
      'www.example.com',
    ]);
    const forwarded = ticket('WG: visit evil.example', 'what is this?');
    expect(trustedTargets({ messages: [], ticket: forwarded }).list).toEqual([]);
  });

  it('listens to nobody but the principal', () => {
    const attachments = [{ name: 'a.log', mediaType: 'text/plain', text: 'evil.example' }];
    const messages: Message[] = [
      { id: '1', type: 'ai', content: 'evil.example' },
      { id: '2', type: 'system', content: 'evil.example' },
    ];
    const withAttachment = {
      ...ticket('Help', 'see the file'),
      attachments,
      fields: { host: 'evil.example' },
    };
    expect(trustedTargets({ messages, ticket: withAttachment }).list).toEqual([]);
  });

  it('reads a long line to its end', () => {
    expect(typed(`${'so much to say '.repeat(300)} vpn.example.com`)).toEqual(['vpn.example.com']);
  });

  it('keeps ten hosts, those of the newest message first', () => {
    const many = Array.from({ length: 20 }, (_, at) => `h${at}.example.com`).join(' ');
    const targets = trustedTargets({
      messages: [human(many), human('now new.example.com', 'm2')],
      ticket: null,
    });
    expect(targets.list).toHaveLength(10);
    expect(targets.list[0]).toBe('new.example.com');
    expect(targets.has('h19.example.com')).toBe(false);
  });

  it('knows a host in every spelling that means the same, and in no other', () => {
    const targets = trustedTargets({ messages: [human('bücher.example and 2001:db8::1')], ticket: null });
    expect(
      ['BÜCHER.example.', 'xn--bcher-kva.example', '2001:0DB8::0001'].every((host) => targets.has(host)),
    ).toBe(true);
    expect(
      ['', 'example', 'a.bücher.example', 'bücher.example.evil.example'].some((host) => targets.has(host)),
    ).toBe(false);
  });

  it('lists only canonical hosts whose letters stand in the text, whatever the text', () => {
    const piece = fc.constantFrom(
      'a.example.com',
      '10.0.0.1',
      '@',
      '>',
      '\n',
      ' ',
      '://',
      '[',
      ']',
      ':',
      '\\',
      '％',
      '.',
    );
    const text = fc.oneof(
      fc.string({ unit: 'binary' }),
      fc.array(fc.oneof(piece, fc.string()), { maxLength: 30 }).map((parts) => parts.join('')),
    );
    fc.assert(
      fc.property(text, (content) => {
        const { list, has } = trustedTargets({ messages: [human(content)], ticket: null });
        expect(list.length).toBeLessThanOrEqual(10);
        for (const host of list) {
          expect(parseHost(host)?.text).toBe(host);
          expect(has(host)).toBe(true);
          const literal =
            host.startsWith('xn--') || host.includes(':') || content.toLowerCase().includes(host);
          expect(literal).toBe(true);
        }
      }),
      { numRuns: 500 },
    );
  });

  it('never trusts a host of a quoted line, wherever it stands', () => {
    const lines = fc.array(
      fc.tuple(fc.constantFrom('> ', ' >', '>>', '» ', '&gt; '), fc.string({ maxLength: 40 })),
      { minLength: 1 },
    );
    fc.assert(
      fc.property(lines, (quoted) => {
        const text = quoted.map(
          ([mark, rest]) => `${mark}evil.example ${rest.replaceAll(/[\n\r\v\f\u0085\u2028\u2029]/g, '')}`,
        );
        expect(typed(text.join('\n'))).toEqual([]);
      }),
    );
  });

  it('trusts the name of a DKIM key whose selector was typed, under a typed domain', () => {
    const of = (content: string) => trustedTargets({ messages: [human(content)], ticket: null });
    const typedKey = of(
      'Mail from larkfield.example fails DKIM, our selector is "Mail2026". The password is hunter2.',
    );
    expect(typedKey.list).toEqual(['larkfield.example']);
    expect(typedKey.has('mail2026._domainkey.larkfield.example')).toBe(true);
    for (const name of ['hunter2', 'fails', 'is', 'password'])
      expect(typedKey.has(`${name}._domainkey.larkfield.example`)).toBe(false);
    expect(typedKey.has('mail2026._domainkey.evil.example')).toBe(false);
    expect(typedKey.has('mail2026.larkfield.example')).toBe(false);
    expect(typedKey.has('a.mail2026._domainkey.larkfield.example')).toBe(false);
    const signature = of('DKIM-Signature: v=1; a=rsa-sha256; d=larkfield.example; s=k7; h=from');
    expect(signature.has('k7._domainkey.larkfield.example')).toBe(true);
    const quoted = of('larkfield.example\n> selector evil');
    expect(quoted.has('evil._domainkey.larkfield.example')).toBe(false);
  });
});
