import { createServer, type Socket } from 'node:net';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { mailCheck } from '../../../agents/diagnostics/tools/mail-check.tool.js';
import { targetsOf, testRun } from '../../../agents/testing/run-context.js';
import { createNetwork } from './egress-gate.js';
import { a, type DnsReply, type DnsServer, mx, startDnsServer, txt } from './testing/dns-server.js';
import { type Listening, listen } from './testing/loopback.js';

const DOMAIN = 'larkfield.example';
const MX = `mx1.${DOMAIN}`;

const HEALTHY: Readonly<Record<string, DnsReply>> = {
  [`${DOMAIN} MX`]: { records: [mx(20, `mx2.${DOMAIN}`), mx(10, MX)] },
  [`${DOMAIN} TXT`]: { records: [txt('some-verification=1'), txt('v=spf1 mx include:spf.example.net -all')] },
  [`_dmarc.${DOMAIN} TXT`]: { records: [txt('v=DMARC1; p=reject')] },
  [`selector1._domainkey.${DOMAIN} TXT`]: { records: [txt('v=DKIM1; p=MIGf')] },
  [`${MX} A`]: { records: [a('127.0.0.1')] },
  [`mx2.${DOMAIN} A`]: { records: [a('127.0.0.1')] },
};

let dns: DnsServer;
let server: Listening;
let zone: Record<string, DnsReply>;
let behave: (socket: Socket) => void;

const polite = (socket: Socket) => {
  const replies = ['250-hello\r\n250 STARTTLS\r\n', '221 bye\r\n'];
  socket.write('220 mx1 ready\r\n');
  socket.on('data', () => socket.write(replies.shift() ?? ''));
};

beforeEach(async () => {
  zone = { ...HEALTHY };
  behave = polite;
  dns = await startDnsServer((name, type) => {
    const known = Object.keys(zone).some((question) => question.startsWith(`${name} `));
    return zone[`${name} ${type}`] ?? { rcode: known ? 'NOERROR' : 'NXDOMAIN' };
  });
  server = await listen(createServer((socket) => behave(socket)));
});
afterEach(async () => {
  await Promise.all([dns.close(), server.close()]);
});

async function check(
  input: Record<string, unknown> = {},
  targets = targetsOf(DOMAIN),
  { mailPort = server.port, greetingMs = 9_000 } = {},
) {
  const network = createNetwork({
    ...{ enabled: true, estate: ['127.0.0.1'], resolver: { servers: [dns.address] }, mailPort },
    timeouts: { dnsMs: 9_000, connectMs: 9_000, greetingMs },
  });
  const prepared = mailCheck.prepare({ domain: DOMAIN, ...input });
  if (typeof prepared === 'string') throw new Error(prepared);
  const clock = { now: () => Date.now(), monotonic: () => performance.now() };
  return prepared.run({ ports: { network, clock }, run: testRun({ targets }), texts: [] });
}

describe('mail.check over the gate', () => {
  it('reports a domain that is in order', async () => {
    const { ok, code, summary, facts } = await check();
    expect({ ok, code, facts }).toEqual({
      ok: true,
      code: undefined,
      facts: {
        ...{ domain: DOMAIN, mx: 'ok', exchanges: `10 ${MX}, 20 mx2.${DOMAIN}` },
        ...{ 'mail server': 'ok', 'mail servers': `${MX} ok, mx2.${DOMAIN} ok`, starttls: 'yes' },
        ...{ greeting: 'mx1 ready', spf: 'ok', 'spf policy': '-all', 'spf lookups': '2' },
        ...{ dmarc: 'reject', dkim: 'found', 'dkim selectors': 'selector1' },
      },
    });
    expect(summary).toBe(
      `Mail for ${DOMAIN} goes to 10 ${MX}, 20 mx2.${DOMAIN}. The mail server ${MX} takes connections. ` +
        'DMARC asks receivers to reject mail that fails (p=reject).',
    );
  });

  it('asks only for records of the domain itself, whatever its records name', async () => {
    await check();
    const names = new Set(dns.questions.map((question) => question.split(' ')[0] ?? ''));
    const foreign = [...names].filter((name) => name !== DOMAIN && !name.endsWith(`.${DOMAIN}`));
    expect(foreign).toEqual([]);
  });

  it.each<[string, Record<string, DnsReply>, Record<string, string>, RegExp]>([
    [
      'no domain',
      { [`${DOMAIN} MX`]: { rcode: 'NXDOMAIN' } },
      { mx: 'no domain', 'mail server': 'none' },
      /does not exist/,
    ],
    [
      'no MX',
      { [`${DOMAIN} MX`]: { rcode: 'NOERROR' } },
      { mx: 'none', 'mail server': 'no address' },
      /has no MX record/,
    ],
    [
      'a null MX',
      { [`${DOMAIN} MX`]: { records: [mx(0, '')] } },
      { mx: 'null', 'mail server': 'none' },
      /takes no mail/,
    ],
    [
      'an exchanger without address',
      { [`${DOMAIN} MX`]: { records: [mx(10, `gone.${DOMAIN}`)] } },
      { mx: 'ok', 'mail server': 'no address' },
      /gone\.larkfield\.example has no address, so nobody can deliver/,
    ],
    ['no SPF', { [`${DOMAIN} TXT`]: { records: [txt('x=1')] } }, { spf: 'missing' }, /It has no SPF record/],
    [
      'two SPF records',
      { [`${DOMAIN} TXT`]: { records: [txt('v=spf1 mx -all'), txt('v=spf1 a -all')] } },
      { spf: 'several' },
      /more than one SPF record/,
    ],
    [
      'an SPF record that lets everybody send',
      { [`${DOMAIN} TXT`]: { records: [txt('v=spf1 +all')] } },
      { spf: 'open', 'spf policy': '+all' },
      /ends in \+all/,
    ],
    [
      'an SPF record with too many lookups',
      { [`${DOMAIN} TXT`]: { records: [txt(`v=spf1 ${'include:a.example '.repeat(11)}~all`)] } },
      { spf: 'too many lookups', 'spf lookups': '11' },
      /more than 10 DNS lookups/,
    ],
    [
      'no DMARC',
      { [`_dmarc.${DOMAIN} TXT`]: { rcode: 'NXDOMAIN' } },
      { dmarc: 'missing' },
      /no DMARC record of its own/,
    ],
    [
      'a key that was taken back',
      { [`selector1._domainkey.${DOMAIN} TXT`]: { records: [txt('v=DKIM1; p=')] } },
      { dkim: 'revoked' },
      /./,
    ],
    [
      'a resolver that fails for the policies',
      { [`${DOMAIN} TXT`]: { rcode: 'SERVFAIL' }, [`_dmarc.${DOMAIN} TXT`]: { rcode: 'SERVFAIL' } },
      { spf: 'unknown', dmarc: 'unknown' },
      /takes connections\.$/,
    ],
  ])('tells %s', async (_, records, facts, says) => {
    zone = { ...zone, ...records };
    const outcome = await check();
    expect(outcome).toMatchObject({ ok: true, facts });
    expect(outcome.summary).toMatch(says);
  });

  it('says so where DNS gives no answer about the exchangers', async () => {
    zone[`${DOMAIN} MX`] = { rcode: 'SERVFAIL' };
    expect(await check()).toMatchObject({ ok: false, code: 'RESOLVER_FAILED', facts: { mx: 'unknown' } });
  });

  it.each<[string, (socket: Socket) => void]>([
    ['rejects', (socket) => socket.write('554 5.7.1 no\r\n')],
    ['defers', (socket) => socket.write('421 busy\r\n')],
    ['no greeting', () => {}],
    ['reset', (socket) => socket.end()],
    ['other protocol', (socket) => socket.end('SSH-2.0-x\r\n')],
  ])('tells a mail server that %s', async (state, behaviour) => {
    behave = behaviour;
    const greetingMs = state === 'no greeting' ? 300 : 9_000;
    const { facts } = await check({}, targetsOf(DOMAIN), { greetingMs });
    expect(facts['mail server']).toBe(state);
    expect(facts.starttls).toBe('unknown');
  });

  it('tells a mail server that refuses, and counts the one that opens', async () => {
    const closed = await listen(createServer());
    await closed.close();
    expect((await check({}, targetsOf(DOMAIN), { mailPort: closed.port })).facts['mail server']).toBe(
      'refused',
    );
    zone[`${MX} A`] = { records: [a('127.0.0.9')] };
    const { facts } = await check();
    expect(facts['mail server']).toBe('ok');
    expect(facts['mail servers']).toBe(`${MX} forbidden target, mx2.${DOMAIN} ok`);
  });

  it('asks for the key of a selector that the user named, and of no other', async () => {
    zone[`spring._domainkey.${DOMAIN} TXT`] = { records: [txt('p=MIGf')] };
    const named = targetsOf(DOMAIN, `spring._domainkey.${DOMAIN}`);
    expect((await check({ selectors: ['spring'] }, named)).facts['dkim selectors']).toBe('spring, selector1');
    const unnamed = await check({ selectors: ['c2VjcmV0'] });
    expect(unnamed.facts).toMatchObject({ dkim: 'found', 'dkim selectors': 'selector1' });
    expect(dns.questions.filter((question) => question.startsWith('c2vjcmv0'))).toEqual([]);
  });
});
