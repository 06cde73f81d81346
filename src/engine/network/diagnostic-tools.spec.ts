import { createServer as createTcpServer } from 'node:net';
import { createServer as createTlsServer } from 'node:tls';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { ToolOutcome } from '../../../agents/diagnostics/tools/tool.js';
import { toolOf } from '../../../agents/diagnostics/tools/tools.js';
import type { Network } from '../../../agents/ports.js';
import { targetsOf, testRun } from '../../../agents/testing/run-context.js';
import { createNetwork } from './egress-gate.js';
import { daysFromNow, type Issued, issue } from './testing/certificates.js';
import { a, type DnsReply, type DnsServer, mx, ptr, startDnsServer, txt } from './testing/dns-server.js';
import { type Listening, listen } from './testing/loopback.js';

const HOST = 'vpn.larkfield.example';
const root = issue({ name: 'Larkfield Root', authority: true });
const issuing = issue({ name: 'Larkfield Issuing CA 2', issuer: root, authority: true });
const lapsed = issue({
  name: 'Old CA',
  issuer: root,
  authority: true,
  from: daysFromNow(-9),
  to: daysFromNow(-2),
});
const leaf = { name: HOST, issuer: issuing, dnsNames: [HOST, 'www.larkfield.example'] };

const ZONE: Readonly<Record<string, DnsReply>> = {
  [`${HOST} A`]: { records: [a('127.0.0.1')] },
  [`${HOST} MX`]: { rcode: 'NOERROR' },
  'inside.larkfield.example A': { records: [a('10.1.2.3')] },
  'larkfield.example MX': { records: [mx(20, 'mx2.larkfield.example'), mx(10, 'mx1.larkfield.example')] },
  'null.larkfield.example MX': { records: [mx(0, '')] },
  'larkfield.example TXT': { records: [txt('v=spf1 -all \u001b[31m')] },
  '4.3.2.8.in-addr.arpa PTR': { records: [ptr('host.example.net')] },
  'broken.larkfield.example A': { rcode: 'SERVFAIL' },
  'silent.larkfield.example A': 'silence',
};

let dns: DnsServer;
let network: Network;
const open: Listening[] = [];

beforeAll(async () => {
  dns = await startDnsServer((name, type) => ZONE[`${name} ${type}`] ?? { rcode: 'NXDOMAIN' });
  network = createNetwork({
    enabled: true,
    estate: ['*.larkfield.example', '127.0.0.1'],
    resolver: { servers: [dns.address] },
    extraRoots: [root.pem],
    timeouts: { dnsMs: 300, handshakeMs: 300 },
  });
});

afterAll(async () => {
  await Promise.all([dns, ...open].map((server) => server.close()));
});

const clock = { now: () => Date.now(), monotonic: () => performance.now() };

async function use(tool: string, args: Record<string, unknown>): Promise<ToolOutcome> {
  const prepared = toolOf(tool)?.prepare(args);
  if (typeof prepared !== 'object') throw new Error(prepared ?? `no tool ${tool}`);
  const run = testRun({ targets: targetsOf('larkfield.example', '8.2.3.4') });
  return prepared.run({ ports: { network, clock }, run, texts: [] });
}

/** Serves TLS with a certificate and the given rest of its chain, and inspects it. */
async function inspect(certificate: Issued, chain: readonly Issued[], host = HOST): Promise<ToolOutcome> {
  const cert = [certificate, ...chain].map(({ pem }) => pem).join('');
  const key = certificate.key.export({ type: 'pkcs8', format: 'pem' });
  const server = await listen(createTlsServer({ cert, key }));
  open.push(server);
  return use('tls_inspect', { host, port: server.port });
}

describe('tls.inspect over the gate', () => {
  it('reports a chain that verifies as it was sent', async () => {
    const { ok, code, summary, facts } = await inspect(issue(leaf), [issuing]);
    expect({ ok, code }).toEqual({ ok: true, code: undefined });
    expect(summary).toMatch(
      /^The certificate of vpn\.larkfield\.example is valid until \d{4}-\d\d-\d\d \((?:89|90) days left\); it was issued by Larkfield Issuing CA 2\.$/,
    );
    expect(facts).toMatchObject({
      ...{ connection: 'ok', verification: 'ok', validity: 'valid', 'name match': 'yes', trust: 'trusted' },
      ...{
        certificates: '2',
        protocol: 'TLSv1.3',
        address: '127.0.0.1',
        names: 'vpn.larkfield.example, www.larkfield.example',
      },
    });
  });

  it('says when a certificate expired and who issued it', async () => {
    const expired = issue({ ...leaf, from: daysFromNow(-400), to: daysFromNow(-19.5) });
    const { ok, code, summary, facts } = await inspect(expired, [issuing]);
    expect({ ok, code, validity: facts.validity }).toEqual({
      ok: true,
      code: 'CERT_HAS_EXPIRED',
      validity: 'expired',
    });
    const date = daysFromNow(-19.5).toISOString().slice(0, 10);
    expect(summary).toBe(
      `The certificate of ${HOST} expired on ${date}, 19 days ago; it was issued by Larkfield Issuing CA 2.`,
    );
  });

  it.each([
    [
      'not yet valid',
      issue({ ...leaf, from: daysFromNow(3.5) }),
      [issuing],
      { validity: 'not yet valid' },
      /not valid before .*, in 3 days/,
    ],
    [
      'for another name',
      issue({ ...leaf, dnsNames: ['*.other.example'] }),
      [issuing],
      { 'name match': 'no', trust: 'trusted' },
      /does not name vpn.*\*\.other\.example/,
    ],
    [
      'sent without its issuer',
      issue(leaf),
      [],
      { trust: 'incomplete chain' },
      /does not send a complete chain/,
    ],
    ['self-signed', issue({ name: HOST, dnsNames: [HOST] }), [], { trust: 'self-signed' }, /self-signed/],
    [
      'expired and self-signed',
      issue({ name: HOST, dnsNames: [HOST], from: daysFromNow(-9), to: daysFromNow(-1.5) }),
      [],
      { trust: 'self-signed', validity: 'expired' },
      /expired on .*, 1 day ago.*self-signed/,
    ],
    [
      'issued under an expired issuer',
      issue({ ...leaf, issuer: lapsed }),
      [lapsed],
      { trust: 'expired issuer', validity: 'valid' },
      /An issuer of that certificate has expired/,
    ],
  ] as const)('reports a certificate that is %s', async (_, certificate, chain, facts, says) => {
    const outcome = await inspect(certificate, chain);
    expect(outcome).toMatchObject({ ok: true, code: expect.stringMatching(/^[A-Z_]+$/), facts });
    expect(outcome.summary).toMatch(says);
  });

  it('compares an address with the addresses in the certificate', async () => {
    const { facts } = await inspect(issue(leaf), [issuing], '127.0.0.1');
    expect(facts).toMatchObject({ 'name match': 'no', verification: 'ERR_TLS_CERT_ALTNAME_INVALID' });
  });

  it('shows nothing hidden of what a stranger wrote into a certificate', async () => {
    const shown = await inspect(issue({ name: 'evil\u001b[2J\u202e\u{e0041}name', dnsNames: [HOST] }), []);
    expect(`${shown.summary}${Object.values(shown.facts).join('')}`).not.toMatch(/\p{C}/u);
  });

  it.each([
    ['CONNECT_RESET', (socket: { resetAndDestroy(): unknown }) => socket.resetAndDestroy()],
    ['TLS_FAILED', (socket: { end(text: string): unknown }) => socket.end('220 smtp.example ready\r\n')],
    ['TOOL_TIMEOUT', () => {}],
  ])('tells %s from the other ways of a handshake to fail', async (code, behave) => {
    const server = await listen(createTcpServer(behave));
    open.push(server);
    const outcome = await use('tls_inspect', { host: HOST, port: server.port });
    expect(outcome).toMatchObject({ ok: false, code, facts: { host: HOST, port: String(server.port) } });
  });

  it('tells a refused connection and a name without address', async () => {
    const closed = await listen(createTcpServer());
    await closed.close();
    const refused = await use('tls_inspect', { host: HOST, port: closed.port });
    expect(refused).toMatchObject({ ok: false, code: 'CONNECT_REFUSED', facts: { connection: 'refused' } });
    expect(refused.summary).toBe(
      `${HOST} on port ${closed.port} refused the connection: nothing listens on that port.`,
    );
    const missing = await use('tls_inspect', { host: 'no.larkfield.example' });
    expect(missing).toMatchObject({ ok: false, code: 'NAME_NOT_FOUND', facts: { connection: 'no address' } });
  });
});

describe('tcp.connect over the gate', () => {
  it('tells an open port', async () => {
    const server = await listen(createTcpServer());
    open.push(server);
    const outcome = await use('tcp_connect', { host: HOST, port: server.port });
    expect(outcome).toMatchObject({
      ok: true,
      facts: {
        ...{ host: HOST, port: String(server.port), address: '127.0.0.1', connection: 'ok' },
        ...{ 'slowest phase': 'none', 'dns ms': expect.any(String), 'connect ms': expect.any(String) },
      },
    });
    expect(outcome.summary).toContain(`${HOST} accepts connections on port ${server.port}`);
  });

  it('tells a closed port, a missing name and a silent resolver', async () => {
    const closed = await listen(createTcpServer());
    await closed.close();
    const { port } = closed;
    const told = async (host: string) => (await use('tcp_connect', { host, port })).facts.connection;
    expect(await told(HOST)).toBe('refused');
    expect(await told('no.larkfield.example')).toBe('no address');
    expect(await told('silent.larkfield.example')).toBe('resolver failed');
  });

  it.each([[{ host: HOST }], [{ host: HOST, port: 0 }], [{ host: HOST, port: 70_000 }], [{ port: 25 }]])(
    'takes no arguments like %j',
    (args) => {
      expect(toolOf('tcp_connect')?.prepare(args)).toEqual(expect.any(String));
    },
  );
});

describe('dns.lookup over the gate', () => {
  it.each([
    [HOST, 'A', 'ok', `${HOST} resolves to 127.0.0.1, which is not reachable from the public internet.`],
    [
      'inside.larkfield.example',
      'A',
      'ok',
      'inside.larkfield.example resolves to 10.1.2.3, which is not reachable from the public internet.',
    ],
    [
      'larkfield.example',
      'MX',
      'ok',
      'Mail for larkfield.example goes to 10 mx1.larkfield.example, 20 mx2.larkfield.example.',
    ],
    [
      'null.larkfield.example',
      'MX',
      'ok',
      'null.larkfield.example says with a null MX record that it takes no mail.',
    ],
    ['larkfield.example', 'TXT', 'ok', 'The TXT record of larkfield.example: v=spf1 -all [31m.'],
    ['8.2.3.4', 'PTR', 'ok', 'The PTR record of 8.2.3.4: host.example.net.'],
    [HOST, 'MX', 'nodata', `The name ${HOST} exists but has no MX record.`],
    [
      'no.larkfield.example',
      'A',
      'nxdomain',
      'The name no.larkfield.example does not exist: DNS answered NXDOMAIN.',
    ],
    [
      'broken.larkfield.example',
      'A',
      'servfail',
      'DNS could not answer for broken.larkfield.example (SERVFAIL). Whether the name exists stays open.',
    ],
    [
      'silent.larkfield.example',
      'A',
      'timeout',
      'No DNS server answered for silent.larkfield.example in time. Whether the name exists stays open.',
    ],
  ])('says what DNS says about %s %s: %s', async (name, type, status, summary) => {
    const outcome = await use('dns_lookup', { name, type });
    expect(outcome).toMatchObject({
      ok: !['servfail', 'timeout'].includes(status),
      summary,
      facts: { name, type, status },
    });
  });

  it.each([
    [{ name: HOST }],
    [{ name: HOST, type: 'ANY' }],
    [{ name: HOST, type: 'AXFR' }],
    [{ name: '', type: 'A' }],
    [{ name: ['a'], type: 'A' }],
    [null],
  ])('takes no arguments like %j', (args) => {
    expect(toolOf('dns_lookup')?.prepare(args)).toEqual(expect.any(String));
  });
});
