import { describe, expect, it } from '@jest/globals';
import type { HttpHop, HttpReport, Network } from '../../ports.js';
import { testRun } from '../../testing/run-context.js';
import { httpProbe } from './http-probe.tool.js';

type Phases = Partial<HttpHop['phases']>;

const hop = (
  url: string,
  status: number | null,
  phases: Phases = {},
  rest: Partial<HttpHop> = {},
): HttpHop => ({
  ...{ url, status, address: '192.0.2.7', location: null, server: null },
  phases: { dnsMs: 5, connectMs: 10, tlsMs: 20, firstByteMs: 40, totalMs: 80, ...phases },
  ...rest,
});
const report = (hops: HttpHop[], rest: Partial<HttpReport> = {}): HttpReport => ({
  ...{ hops, end: 'answered', code: null, ms: hops.reduce((sum, { phases }) => sum + phases.totalMs, 0) },
  ...rest,
});

const unused = () => Promise.reject(new Error('not used'));

/** The outcome of a probe with this report, and the address that was asked for. */
async function look(found: HttpReport, url = 'shop.example', text = '') {
  const asked: string[] = [];
  const network: Network = {
    ...{ lookup: unused, connect: unused, inspectTls: unused, greetMail: unused },
    probe: async (target) => {
      asked.push(target.url);
      return found;
    },
  };
  const prepared = httpProbe.prepare({ url });
  if (typeof prepared === 'string') throw new Error(prepared);
  const ports = { network, clock: { now: () => 0, monotonic: () => 0 } };
  const outcome = await prepared.run({ ports, run: testRun(), texts: [{ name: 'message', text }] });
  return { ...outcome, asked, target: prepared.target };
}

const SHOP = 'https://shop.example/';

describe('http.probe', () => {
  it('tells status, certificate and phases of a plain answer', async () => {
    const { ok, code, summary, facts } = await look(report([hop(SHOP, 200, {}, { server: 'nginx' })]));
    expect({ ok, code, summary }).toEqual({
      ok: true,
      code: undefined,
      summary: 'https://shop.example/ answered with status 200 in 80 ms.',
    });
    expect(facts).toEqual({
      ...{
        url: SHOP,
        'final url': SHOP,
        host: 'shop.example',
        port: '443',
        address: '192.0.2.7',
        server: 'nginx',
      },
      ...{ connection: 'ok', status: '200', 'status class': '2xx', redirects: 'none', 'redirect count': '0' },
      ...{ encryption: 'always', verification: 'ok', 'slowest phase': 'none' },
      ...{ 'dns ms': '5', 'connect ms': '10', 'tls ms': '20', 'server ms': '40', 'download ms': '5' },
    });
  });

  it.each<[string, Phases, string]>([
    ['dns', { dnsMs: 2_000, totalMs: 2_075 }, 'looking up the name'],
    ['connect', { connectMs: 1_000, totalMs: 1_070 }, 'connecting'],
    ['tls', { tlsMs: 3_000, totalMs: 3_060 }, 'the TLS handshake'],
    ['server', { firstByteMs: 9_000, totalMs: 9_040 }, 'waiting for the server to answer'],
    ['download', { totalMs: 3_000 }, 'receiving the page'],
  ])('names %s as the slow phase', async (phase, phases, words) => {
    const { facts, summary } = await look(report([hop(SHOP, 200, phases)]));
    expect(facts['slowest phase']).toBe(phase);
    expect(summary).toContain(`Most of the time went into ${words}.`);
  });

  it('adds up the phases of all hops', async () => {
    const slow = { firstByteMs: 600, totalMs: 640 };
    const { facts } = await look(report([hop(SHOP, 301, slow), hop(`${SHOP}b`, 200, slow)]));
    expect(facts).toMatchObject({ 'slowest phase': 'server', 'server ms': '1200', redirects: 'followed' });
  });

  it.each<[HttpReport, Record<string, string>, string, RegExp]>([
    [report([hop(SHOP, 503)]), { 'status class': '5xx' }, 'HTTP_503', /status 503 \(service unavailable\)/],
    [report([hop(SHOP, 404)]), { 'status class': '4xx' }, 'HTTP_404', /status 404 \(not found\)/],
    [
      report([hop('http://shop.example/', 301), hop(SHOP, 302), hop('http://shop.example/', 301)], {
        end: 'redirect loop',
      }),
      { redirects: 'loop', encryption: 'downgraded' },
      'REDIRECT_LOOP',
      /^http:\/\/shop\.example\/ redirects in a circle: http/,
    ],
    [
      report(
        Array.from({ length: 11 }, () => hop(SHOP, 302)),
        { end: 'too many redirects' },
      ),
      { redirects: 'too many', 'redirect count': '10' },
      'REDIRECT_LIMIT',
      /redirects 11 times and still does not arrive/,
    ],
    [
      report([hop(SHOP, 302, {}, { location: 'https://login.example.net/x' })], {
        ...{ end: 'redirect refused', code: 'TARGET_UNTRUSTED' },
      }),
      { redirects: 'leaves the site', 'status class': '3xx' },
      'REDIRECT_REFUSED',
      /redirects to https:\/\/login\.example\.net\/x, a site that the user did not name, so it was not followed/,
    ],
    [
      report([hop(SHOP, 302)], { end: 'redirect refused', code: 'TARGET_DENIED' }),
      { redirects: 'forbidden target' },
      'REDIRECT_REFUSED',
      /redirects to an address that is off limits/,
    ],
  ])('tells what kind of answer it was', async (found, facts, code, says) => {
    const outcome = await look(found);
    expect(outcome).toMatchObject({ ok: true, code, facts: { connection: 'ok', ...facts } });
    expect(outcome.summary).toMatch(says);
  });

  it.each<[HttpReport['code'], Phases, string, string, RegExp]>([
    [
      'NAME_NOT_FOUND',
      { dnsMs: null, connectMs: null, tlsMs: null, firstByteMs: null },
      'no address',
      'none',
      /has no address/,
    ],
    ['CONNECT_REFUSED', { connectMs: null, tlsMs: null, firstByteMs: null }, 'refused', 'none', /refused/],
    [
      'CONNECT_TIMEOUT',
      { connectMs: null, tlsMs: null, firstByteMs: null, totalMs: 4_005 },
      ...(['timeout', 'connect', /did not answer in time/] as const),
    ],
    [
      'TOOL_TIMEOUT',
      { tlsMs: null, firstByteMs: null, totalMs: 4_015 },
      'handshake timeout',
      'tls',
      /TLS handshake in time/,
    ],
    [
      'TOOL_TIMEOUT',
      { firstByteMs: null, totalMs: 10_035 },
      'no answer',
      'server',
      /accepted the request but did not answer/,
    ],
    ['PROTOCOL_FAILED', { firstByteMs: null }, 'other protocol', 'none', /another protocol/],
  ])('tells that the connection ended with %s: %j', async (code, phases, connection, slowest, says) => {
    const outcome = await look(report([hop(SHOP, null, phases)], { end: 'failed', code }));
    expect(outcome).toMatchObject({
      ...{ ok: false, code },
      facts: {
        connection,
        host: 'shop.example',
        port: '443',
        'slowest phase': slowest,
        'status class': 'none',
      },
    });
    expect(outcome.summary).toMatch(says);
  });

  it('says where a way broke that began with a redirect', async () => {
    const hops = [
      hop('http://shop.example/', 301),
      hop('https://www.shop.example:8443/a', null, { firstByteMs: null }),
    ];
    const { summary, facts } = await look(report(hops, { end: 'failed', code: 'CONNECT_RESET' }));
    expect(summary).toMatch(
      /^http:\/\/shop\.example\/ redirects to https:\/\/www\.shop\.example:8443\/a\. www\.shop/,
    );
    expect(facts).toMatchObject({ host: 'www.shop.example', port: '8443', redirects: 'followed' });
  });

  it('warns of a certificate that does not verify on any hop', async () => {
    const hops = [hop(SHOP, 301, {}, { verifyError: 'CERT_HAS_EXPIRED' }), hop('http://shop.example/', 200)];
    const { summary, facts } = await look(report(hops));
    expect(facts).toMatchObject({ verification: 'CERT_HAS_EXPIRED', encryption: 'downgraded' });
    expect(summary).toContain('does not verify (CERT_HAS_EXPIRED)');
    expect((await look(report([hop('http://shop.example/', 200, { tlsMs: null })]))).facts).toMatchObject({
      verification: 'none',
      encryption: 'never',
    });
  });

  it.each([
    ['shop.example', '', 'https://shop.example/'],
    ['HTTP://Shop.example', '', 'http://Shop.example/'],
    ['https://shop.example/a/b', 'see https://shop.example/a/b?x', 'https://shop.example/a/b'],
    ['https://shop.example/a/b', 'see shop.example', 'https://shop.example/'],
    ['https://shop.example/a?b#c', 'see https://shop.example/a?b#c', 'https://shop.example/a'],
    ['https://shop.example:8443/', '', 'https://shop.example:8443/'],
    ['https://[::1]/', '', 'https://[::1]/'],
  ])('asks for %j where the user wrote %j as %s', async (url, text, asked) => {
    expect((await look(report([hop(SHOP, 200)]), url, text)).asked).toEqual([asked]);
  });

  it('is about the host, whatever the address looks like', async () => {
    expect((await look(report([hop(SHOP, 200)]), 'https://shop.example:8443/a')).target).toBe(
      'shop.example:8443',
    );
  });
});
