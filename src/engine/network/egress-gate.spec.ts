import { subscribe, unsubscribe } from 'node:diagnostics_channel';
import { createServer } from 'node:net';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import type { Network } from '../../../agents/ports.js';
import type { RunContext } from '../../../agents/run-context.js';
import { targetsOf, testRun } from '../../../agents/testing/run-context.js';
import { classifyAddress } from './address-class.js';
import { createNetwork, type NetworkOptions } from './egress-gate.js';
import { errorCode } from './error-code.js';
import { a, aaaa, type DnsReply, type DnsServer, startDnsServer } from './testing/dns-server.js';
import { FORBIDDEN_HOSTS, inUrl } from './testing/forbidden-hosts.js';
import { type Listening, listen } from './testing/loopback.js';

const EVERYTHING = { list: [], has: () => true };
const trusting = (overrides: Partial<RunContext> = {}) => testRun({ targets: EVERYTHING, ...overrides });

/** These are `example.com` and more where they stand in a URL: nothing forbidden there. */
const SPELLED = FORBIDDEN_HOSTS.filter((host) => !/^example\.com[/?#]/.test(host));

type Call = (network: Network, host: string, run: RunContext, port: number) => Promise<unknown>;
const TOOLS: readonly (readonly [string, Call])[] = [
  ['lookup of A', (network, host, run) => network.lookup(host, 'A', run)],
  ['lookup of TXT', (network, host, run) => network.lookup(host, 'TXT', run)],
  ['lookup of PTR', (network, host, run) => network.lookup(host, 'PTR', run)],
  ['inspectTls', (network, host, run, port) => network.inspectTls({ host, port }, run)],
  ['connect', (network, host, run, port) => network.connect({ host, port }, run)],
  ['probe', (network, host, run, port) => network.probe({ url: `http://${inUrl(host)}:${port}/` }, run)],
  ['greetMail', (network, host, run) => network.greetMail(host, run)],
];

let dns: DnsServer;
let target: Listening;
let sockets: unknown[];
let answer: (name: string, type: string) => DnsReply;

const onSocket = (message: unknown) => {
  sockets.push(message);
};
const gate = (options: Partial<NetworkOptions> = {}) =>
  createNetwork({
    enabled: true,
    estate: [],
    resolver: { servers: [dns.address] },
    rate: { burst: 100_000, perMinute: 100_000 },
    ...options,
  });

beforeEach(async () => {
  answer = () => ({ rcode: 'NXDOMAIN' });
  dns = await startDnsServer((name, type) => answer(name, type));
  target = await listen(createServer());
  sockets = [];
  subscribe('net.client.socket', onSocket);
});

afterEach(async () => {
  unsubscribe('net.client.socket', onSocket);
  await dns.close();
  await target.close();
});

const untouched = () => {
  expect(dns.questions).toEqual([]);
  expect(sockets).toEqual([]);
  expect(target.connections()).toBe(0);
};

const codeOf = async (call: Promise<unknown>): Promise<unknown> =>
  call.then(
    () => 'answered',
    (error: unknown) => errorCode(error) || error,
  );

describe('the egress gate', () => {
  it('knows at least 150 spellings of forbidden hosts', () => {
    expect(SPELLED.length).toBeGreaterThanOrEqual(150);
  });

  it.each(TOOLS)('refuses every one of them to %s, without a question or a connection', async (_, call) => {
    const network = gate();
    for (const host of SPELLED) {
      const code = await codeOf(call(network, host, trusting(), target.port));
      expect([host, code]).toEqual([host, expect.stringMatching(/^TARGET_(?:INVALID|DENIED)$/)]);
    }
    untouched();
  });

  it('never touches the network for a host that is not a public name or address, whatever it looks like', async () => {
    const byte = fc.nat(255);
    const quad = fc
      .tuple(fc.constantFrom(0, 10, 127, 224, 255), byte, byte, byte)
      .map((parts) => parts.join('.'));
    const v6 = fc.ipV6().filter((address) => classifyAddress(address).class !== 'unicast');
    const local = fc.domain().map((name) => `${name}.local`);
    const junk = fc.string({ unit: 'binary' }).map((text) => `${text}\u0000`);
    await fc.assert(
      fc.asyncProperty(fc.oneof(quad, v6, local, junk), fc.constantFrom(...TOOLS), async (host, [, call]) => {
        expect(await codeOf(call(gate(), host, trusting(), target.port))).toMatch(
          /^TARGET_(?:INVALID|DENIED)$/,
        );
      }),
      { numRuns: 300 },
    );
    untouched();
  });

  it.each(TOOLS.filter(([name]) => !name.includes('PTR')))(
    'asks nothing about a name that nobody typed: %s',
    async (_, call) => {
      const run = testRun({ targets: targetsOf('shop.example.com') });
      const leaks = ['evil.example', 'c2VjcmV0.shop.example.com', 'xshop.example.com', 'com', 'example.com'];
      for (const host of leaks.slice(0, 3)) {
        expect(await codeOf(call(gate(), host, run, target.port))).toBe('TARGET_UNTRUSTED');
      }
      expect(await codeOf(call(gate(), 'example.com', run, target.port))).toBe('TARGET_UNTRUSTED');
      untouched();
    },
  );

  it.each([
    ['loopback', [a('127.0.0.1')]],
    ['private', [a('10.1.2.3')]],
    ['metadata', [a('169.254.169.254')]],
    ['one private among public ones', [a('93.184.216.34'), a('192.168.0.1')]],
    ['a mapped loopback', [aaaa('0:0:0:0:0:ffff:7f00:1')]],
    ['loopback through NAT64', [aaaa('64:ff9b:0:0:0:0:7f00:1')]],
  ])('does not connect to a name that resolves to %s', async (_, records) => {
    answer = (_name, type) => ({
      records: records.filter((record) => record.type === (type === 'A' ? 1 : 28)),
    });
    const call = gate().inspectTls({ host: 'rebind.example.com', port: target.port }, trusting());
    expect(await codeOf(call)).toBe('TARGET_DENIED');
    expect(sockets).toEqual([]);
    expect(target.connections()).toBe(0);
  });

  it('asks once and connects to what it checked: a second answer has nobody to fool', async () => {
    const given = new Map<string, number>();
    answer = (_name, type) => {
      given.set(type, (given.get(type) ?? 0) + 1);
      if (type !== 'A') return { rcode: 'NOERROR' };
      return { records: [a(given.get(type) === 1 ? '127.0.0.2' : '127.0.0.1')] };
    };
    const estate = ['127.0.0.2'];
    const call = gate({ estate, timeouts: { connectMs: 500 } }).inspectTls(
      { host: 'rebind.example.com', port: 9 },
      trusting(),
    );
    expect(await codeOf(call)).toBe('CONNECT_REFUSED');
    expect(dns.questions.sort()).toEqual(['rebind.example.com A', 'rebind.example.com AAAA']);
    expect(sockets).toHaveLength(1);
  });

  it('reports a private answer of a lookup as a fact', async () => {
    answer = () => ({ records: [a('10.1.2.3')] });
    const report = await gate().lookup('vpn.example.com', 'A', trusting());
    expect(report).toMatchObject({ status: 'ok', records: ['10.1.2.3'] });
  });

  it.each([
    ['nxdomain', { rcode: 'NXDOMAIN' }],
    ['nodata', { rcode: 'NOERROR' }],
    ['servfail', { rcode: 'SERVFAIL' }],
    ['refused', { rcode: 'REFUSED' }],
    ['timeout', 'silence'],
  ] as const)('tells %s from every other way not to answer', async (status, reply) => {
    answer = () => reply;
    const network = gate({ timeouts: { dnsMs: 200 } });
    expect(await network.lookup('shop.example.com', 'MX', trusting())).toMatchObject({ status, records: [] });
    const connect = codeOf(network.inspectTls({ host: 'shop.example.com', port: 443 }, trusting()));
    expect(await connect).toBe(
      status === 'nxdomain' || status === 'nodata' ? 'NAME_NOT_FOUND' : 'RESOLVER_FAILED',
    );
    expect(sockets).toEqual([]);
  });

  it('reads the mail policy of a trusted domain, and no other name under it', async () => {
    const run = testRun({ targets: targetsOf('example.com') });
    expect(await codeOf(gate().lookup('_dmarc.example.com', 'TXT', run))).toBe('answered');
    expect(await codeOf(gate().lookup('_secret.example.com', 'TXT', run))).toBe('TARGET_UNTRUSTED');
    expect(dns.questions).toEqual(['_dmarc.example.com TXT']);
  });

  it('reaches what the estate allows, by name, address and range, and only on its port', async () => {
    answer = (_name, type) => (type === 'A' ? { records: [a('127.0.0.1')] } : { rcode: 'NOERROR' });
    const run = testRun();
    const { port } = target;
    const reached = [
      { estate: ['localhost'], host: 'localhost' },
      { estate: ['127.0.0.1'], host: '127.0.0.1' },
      { estate: [`127.0.0.0/8:${port}`], host: '127.0.0.1' },
      { estate: ['git.example.com'], host: 'git.example.com' },
      { estate: [`*.corp.example:${port}`], host: 'a.corp.example' },
    ];
    for (const { estate, host } of reached) {
      const network = gate({ estate, timeouts: { handshakeMs: 100 } });
      expect([host, await codeOf(network.inspectTls({ host, port }, run))]).toEqual([host, 'TOOL_TIMEOUT']);
    }
    expect(target.connections()).toBe(reached.length);
    const narrow = gate({ estate: [`127.0.0.1:${port + 1}`, '*.corp.example'] });
    expect(await codeOf(narrow.inspectTls({ host: '127.0.0.1', port }, run))).toBe('TARGET_UNTRUSTED');
    expect(await codeOf(narrow.inspectTls({ host: 'corp.example', port }, run))).toBe('TARGET_UNTRUSTED');
    expect(target.connections()).toBe(reached.length);
  });

  it('denies metadata addresses and this process even inside the estate', async () => {
    const estate = ['0.0.0.0/0', '::/0', '*.example', 'metadata.google.internal'];
    answer = (_name, type) => (type === 'A' ? { records: [a('169.254.169.254')] } : { rcode: 'NOERROR' });
    const metadata = [
      '169.254.169.254',
      '::ffff:169.254.169.254',
      '2002:a9fe:a9fe::',
      'fd00:ec2::254',
      'x.example',
      '0.0.0.0',
    ];
    for (const host of [...metadata, 'metadata.google.internal']) {
      const call = gate({ estate }).inspectTls({ host, port: target.port }, trusting());
      expect([host, await codeOf(call)]).toEqual([host, 'TARGET_DENIED']);
    }
    for (const bound of ['127.0.0.1', '0.0.0.0', '::', 'localhost']) {
      const ownListeners = () => [{ host: bound, port: target.port }];
      const call = gate({ estate, ownListeners }).inspectTls(
        { host: '127.0.0.1', port: target.port },
        trusting(),
      );
      expect([bound, await codeOf(call)]).toEqual([bound, 'TARGET_DENIED']);
    }
    expect(target.connections()).toBe(0);
  });

  it('names every entry of an estate that it cannot read', () => {
    const estate = [
      'ok.example',
      '10.0.0.0/33',
      'http://a',
      '*.*.a',
      '1.2.3',
      '10.0.0.0/8:0',
      '[fd00::1]:443',
      'fd00::/8',
      '*',
    ];
    expect(() => gate({ estate })).toThrow(
      expect.objectContaining({
        code: 'CONFIG_INVALID',
        errors: [1, 2, 3, 4, 5, 8].map((at) => expect.objectContaining({ pointer: `/estate/allow/${at}` })),
      }),
    );
  });

  it('stops at once where the run is cancelled, during a lookup and during a handshake', async () => {
    answer = () => 'silence';
    const reason = new Error('cancelled');
    for (const [, call] of [TOOLS[0], TOOLS[3]].filter((tool) => tool !== undefined)) {
      const abort = new AbortController();
      const run = trusting({ signal: abort.signal });
      const asked = call(gate({ timeouts: { dnsMs: 60_000 } }), 'shop.example.com', run, 443);
      setImmediate(() => abort.abort(reason));
      await expect(asked).rejects.toBe(reason);
    }
    const abort = new AbortController();
    const held = await listen(createServer(() => abort.abort(reason)));
    const network = gate({ estate: ['127.0.0.1'], timeouts: { handshakeMs: 60_000 } });
    const asked = network.inspectTls(
      { host: '127.0.0.1', port: held.port },
      trusting({ signal: abort.signal }),
    );
    await expect(asked).rejects.toBe(reason);
    await held.close();
  });

  it('ends with the deadline of the run', async () => {
    answer = () => 'silence';
    const limits = { ...testRun().limits, deadline: Date.now() + 100 };
    const asked = gate({ timeouts: { dnsMs: 60_000 } }).lookup('shop.example.com', 'A', trusting({ limits }));
    expect(await codeOf(asked)).toBe('TOOL_TIMEOUT');
  });

  it('does nothing where tools are off, and little where a tenant asks too often', async () => {
    expect(await codeOf(gate({ enabled: false }).lookup('shop.example.com', 'A', trusting()))).toBe(
      'TOOLS_OFF',
    );
    untouched();
    const network = gate({ rate: { burst: 2, perMinute: 1 } });
    const other = trusting({ principal: { id: 'x', tenant: 'other', groups: [], role: 'user' } });
    const codes: unknown[] = [];
    for (const run of [trusting(), trusting(), trusting(), other]) {
      codes.push(await codeOf(network.lookup('shop.example.com', 'A', run)));
    }
    expect(codes).toEqual(['answered', 'answered', 'RATE_LIMITED', 'answered']);
  });
});
