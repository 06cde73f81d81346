import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import { createServer as createTcpServer, type Socket } from 'node:net';
import { createServer as createTlsServer } from 'node:tls';
import { gzipSync } from 'node:zlib';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import type { HttpReport } from '../../../agents/ports.js';
import type { RunContext } from '../../../agents/run-context.js';
import { targetsOf, testRun } from '../../../agents/testing/run-context.js';
import { createNetwork, type NetworkOptions } from './egress-gate.js';
import { errorCode } from './error-code.js';
import { createGate } from './gate.js';
import { httpLook } from './http.look.js';
import { daysFromNow, issue } from './testing/certificates.js';
import { a, type DnsReply, type DnsServer, startDnsServer } from './testing/dns-server.js';
import { type Listening, listen } from './testing/loopback.js';

const HOST = 'shop.larkfield.example';
/** Small on the wire, 20 MB where somebody unpacks it. */
const BOMB = gzipSync(Buffer.alloc(20_000_000));
const root = issue({ name: 'Larkfield Root', authority: true });

/** Limits that only what never comes can reach, on a busy machine too. */
const PATIENT = { dnsMs: 9_000, connectMs: 9_000, handshakeMs: 9_000, answerMs: 9_000, bodyMs: 200 };
const HASTY = { timeouts: { dnsMs: 300, handshakeMs: 300, answerMs: 300 } };
/** For what ends by its time limit, a short one. */
const limitsFor = (code: string) => (code === 'TOOL_TIMEOUT' ? HASTY : {});

let dns: DnsServer;
let open: Listening[];
let answer: (name: string, type: string) => DnsReply;

beforeEach(async () => {
  answer = (_, type) => (type === 'A' ? { records: [a('127.0.0.1')] } : { rcode: 'NOERROR' });
  dns = await startDnsServer((name, type) => answer(name, type));
  open = [];
});
afterEach(async () => {
  await Promise.all([dns, ...open].map((server) => server.close()));
});

const probe = (url: string, options: Partial<NetworkOptions> = {}, run: RunContext = testRun()) =>
  createNetwork({
    enabled: true,
    estate: ['*.larkfield.example'],
    resolver: { servers: [dns.address] },
    extraRoots: [root.pem],
    ...options,
    timeouts: { ...PATIENT, ...options.timeouts },
  }).probe({ url }, run);

async function serve(handle: (request: IncomingMessage, response: ServerResponse) => void) {
  const server = await listen(createServer(handle));
  open.push(server);
  return server;
}

/** A server that answers each connection with these bytes. */
async function raw(behave: (socket: Socket) => void) {
  const server = await listen(createTcpServer(behave));
  open.push(server);
  return server;
}

const said = (text: string, more?: (socket: Socket) => void) => (socket: Socket) => {
  socket.once('data', () => {
    socket.write(text);
    more?.(socket);
  });
};

const statuses = ({ hops }: HttpReport) => hops.map(({ status }) => status);

describe('a probe', () => {
  it('asks once, as told, without a body, credentials or packing', async () => {
    const asked: IncomingMessage[] = [];
    const { port } = await serve((request, response) => {
      asked.push(request);
      response.setHeader('Server', 'test/1').end('hello');
    });
    const url = `http://${HOST}:${port}/a%20b?x=1`;
    const report = await probe(`${url}#part`);
    expect(report).toMatchObject({ end: 'answered', code: null });
    expect(report.hops).toEqual([
      {
        ...{ url: `http://${HOST}:${port}/a%20b`, address: '127.0.0.1', status: 200, location: null },
        server: 'test/1',
        phases: {
          ...{ dnsMs: expect.any(Number), connectMs: expect.any(Number), tlsMs: null },
          ...{ firstByteMs: expect.any(Number), totalMs: expect.any(Number) },
        },
      },
    ]);
    const [{ method, url: path, headers } = { headers: {} }] = asked;
    expect([method, path, headers]).toEqual([
      'GET',
      '/a%20b?x=1',
      {
        ...{ host: `${HOST}:${port}`, 'user-agent': 'Triagent', accept: '*/*' },
        ...{ 'accept-encoding': 'identity', connection: 'close' },
      },
    ]);
    expect(dns.questions.sort()).toEqual([`${HOST} A`, `${HOST} AAAA`]);
  });

  it('follows redirects and tells each of them', async () => {
    const { port } = await serve((request, response) => {
      const next = { '/': '/login', '/login': '//www.larkfield.example:PORT/home?token=s3cret' }[
        request.url ?? ''
      ];
      if (next) response.writeHead(302, { Location: next.replace('PORT', String(port)) });
      response.end();
    });
    const report = await probe(`http://${HOST}:${port}/`);
    expect(report.end).toBe('answered');
    expect(report.hops.map(({ url, status, location }) => [url, status, location])).toEqual([
      [`http://${HOST}:${port}/`, 302, `http://${HOST}:${port}/login`],
      [`http://${HOST}:${port}/login`, 302, `http://www.larkfield.example:${port}/home`],
      [`http://www.larkfield.example:${port}/home`, 200, null],
    ]);
  });

  it('tells a loop from a chain without an end', async () => {
    const loop = await serve((request, response) => {
      response.writeHead(301, { Location: request.url === '/a' ? '/b' : '/a' }).end();
    });
    expect(await probe(`http://${HOST}:${loop.port}/a`)).toMatchObject({
      end: 'redirect loop',
      hops: [{ status: 301 }, { status: 301 }],
    });
    const chain = await serve((request, response) => {
      response.writeHead(307, { Location: `${request.url}x` }).end();
    });
    const { end, hops } = await probe(`http://${HOST}:${chain.port}/`);
    expect([end, hops.length]).toEqual(['too many redirects', 11]);
    expect(chain.connections()).toBe(11);
  });

  it('returns cookies to the host that set them, as a browser would, and to no other', async () => {
    const seen: (string | undefined)[] = [];
    const { port } = await serve((request, response) => {
      seen.push(request.headers.cookie);
      if (request.headers.host?.startsWith('www')) return response.end();
      if (request.headers.cookie) {
        const Location = `http://www.larkfield.example:${port}/`;
        return response.writeHead(302, { Location }).end();
      }
      const cookies = [
        'visit=1; Path=/',
        'safe=2; Secure',
        'bad name=3',
        'odd=a b',
        `long=${'x'.repeat(2_000)}`,
      ];
      return response.writeHead(302, { Location: '/', 'Set-Cookie': cookies }).end();
    });
    expect(await probe(`http://${HOST}:${port}/`)).toMatchObject({ end: 'answered' });
    expect(seen).toEqual([undefined, 'visit=1', undefined]);
  });

  it('sees a loop that keeps setting the same cookie anew', async () => {
    let visits = 0;
    const { port } = await serve((_, response) => {
      visits += 1;
      response.writeHead(302, { Location: '/', 'Set-Cookie': `session=${visits}` }).end();
    });
    const report = await probe(`http://${HOST}:${port}/`);
    expect([report.end, visits]).toEqual(['redirect loop', 2]);
  });

  it.each([
    ['ftp://files.larkfield.example/', 'TARGET_INVALID'],
    ['http://user@shop.larkfield.example/', 'TARGET_INVALID'],
    ['http://0x7f.1/', 'TARGET_INVALID'],
    ['http://evil.example/x', 'TARGET_UNTRUSTED'],
    ['http://8.8.8.8/', 'TARGET_UNTRUSTED'],
  ])('does not follow a redirect to %s: %s', async (Location, code) => {
    const { port } = await serve((_, response) => response.writeHead(302, { Location }).end());
    const report = await probe(`http://${HOST}:${port}/`);
    expect(report).toMatchObject({ end: 'redirect refused', code, hops: [{ status: 302 }] });
    expect(new Set(dns.questions)).toEqual(new Set([`${HOST} A`, `${HOST} AAAA`]));
  });

  it('checks the address of each hop anew, when the same name has moved', async () => {
    let asked = 0;
    answer = (_, type) => {
      if (type !== 'A') return { rcode: 'NOERROR' };
      asked += 1;
      return { records: [a(asked === 1 ? '127.0.0.1' : '169.254.169.254')] };
    };
    const { port } = await serve((_, response) => response.writeHead(302, { Location: '/again' }).end());
    const report = await probe(`http://${HOST}:${port}/`);
    expect(report).toMatchObject({ end: 'redirect refused', code: 'TARGET_DENIED' });
  });

  it('does not step from the internet into the estate, even under the same name', async () => {
    const { port } = await serve((_, response) => response.writeHead(302, { Location: '/admin' }).end());
    const gate = createGate({ enabled: true, estate: ['*.larkfield.example'] });
    const addresses = ['93.184.216.34', '127.0.0.1'];
    // The way to a public address leads to loopback here; which address counts is what is looked at.
    const look = httpLook({
      ...gate,
      resolve: async () => [addresses.shift() ?? ''],
      open: async ([address = ''], ...rest) => ({ ...(await gate.open(['127.0.0.1'], ...rest)), address }),
    });
    const report = await look({ url: `http://${HOST}:${port}/` }, testRun());
    expect(report).toMatchObject({ end: 'redirect refused', code: 'TARGET_DENIED', hops: [{ status: 302 }] });
  });

  it('counts each hop against the rate', async () => {
    const { port } = await serve((request, response) =>
      response.writeHead(302, { Location: `${request.url}x` }).end(),
    );
    const report = await probe(`http://${HOST}:${port}/`, { rate: { burst: 3, perMinute: 1 } });
    expect(report).toMatchObject({ end: 'redirect refused', code: 'RATE_LIMITED' });
    expect(statuses(report)).toEqual([302, 302, 302]);
  });
});

describe('a probe over TLS', () => {
  const leaf = { name: HOST, issuer: root, dnsNames: [HOST] };
  const page = said('HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nhi');

  it.each([
    ['verifies', issue(leaf), undefined],
    ['has expired', issue({ ...leaf, from: daysFromNow(-9), to: daysFromNow(-1) }), 'CERT_HAS_EXPIRED'],
    ['is for another name', issue({ ...leaf, dnsNames: ['x.example'] }), 'ERR_TLS_CERT_ALTNAME_INVALID'],
    ['is self-signed', issue({ name: HOST, dnsNames: [HOST] }), 'DEPTH_ZERO_SELF_SIGNED_CERT'],
  ] as const)('answers whether the certificate %s', async (_, { pem, key }, verifyError) => {
    const options = { cert: pem, key: key.export({ type: 'pkcs8', format: 'pem' }) };
    const server = await listen(createTlsServer(options, page));
    open.push(server);
    const { end, hops } = await probe(`https://${HOST}:${server.port}/`);
    expect([end, hops[0]?.status, hops[0]?.verifyError]).toEqual(['answered', 200, verifyError]);
    expect(hops[0]?.phases.tlsMs).toEqual(expect.any(Number));
  });

  it.each([
    ['TLS_FAILED', said('HTTP/1.1 400 Bad Request\r\n\r\n'), null],
    ['TOOL_TIMEOUT', () => {}, null],
    ['CONNECT_RESET', said('', (socket) => socket.resetAndDestroy()), null],
  ])('says that the handshake ended with %s', async (code, behave, tlsMs) => {
    const { port } = await raw(behave);
    const report = await probe(`https://${HOST}:${port}/`, limitsFor(code));
    expect(report).toMatchObject({ end: 'failed', code, hops: [{ status: null, address: '127.0.0.1' }] });
    expect(report.hops[0]?.phases).toMatchObject({ connectMs: expect.any(Number), tlsMs, firstByteMs: null });
  });
});

describe('a hostile or broken web server', () => {
  const OK = 'HTTP/1.1 200 OK\r\n';
  const forever = (text: string) => (socket: Socket) => {
    const more = () => {
      while (!socket.destroyed && socket.write(text));
    };
    socket.on('drain', more);
    more();
  };

  it.each<[string, string, (socket: Socket) => void]>([
    ['answers in HTTP/0.9', 'PROTOCOL_FAILED', said('<html>hello</html>')],
    ['speaks SSH', 'PROTOCOL_FAILED', (socket) => socket.write('SSH-2.0-OpenSSH_9.6\r\n')],
    ['sends one endless header', 'PROTOCOL_FAILED', said(`${OK}X: `, forever('x'.repeat(65_536)))],
    ['sends endless headers', 'PROTOCOL_FAILED', said(OK, forever('X: y\r\n'.repeat(1_000)))],
    ['sends a broken status line', 'PROTOCOL_FAILED', said('HTTP/1.1 abc\r\n\r\n')],
    [
      'sends both lengths of a smuggler',
      'PROTOCOL_FAILED',
      said(`${OK}Content-Length: 1\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n`),
    ],
    [
      'switches protocols unasked',
      'PROTOCOL_FAILED',
      said('HTTP/1.1 101 Go\r\nUpgrade: x\r\nConnection: upgrade\r\n\r\n'),
    ],
    ['only ever continues', 'TOOL_TIMEOUT', said('HTTP/1.1 100 Continue\r\n\r\n')],
    ['never answers', 'TOOL_TIMEOUT', () => {}],
    ['stops inside the headers', 'TOOL_TIMEOUT', said(`${OK}Content-`)],
    ['hangs up', 'CONNECT_RESET', said('', (socket) => socket.end())],
    ['resets', 'CONNECT_RESET', said('', (socket) => socket.resetAndDestroy())],
  ])('that %s ends with %s', async (_, code, behave) => {
    const { port } = await raw(behave);
    expect(await probe(`http://${HOST}:${port}/`, limitsFor(code))).toMatchObject({
      end: 'failed',
      code,
      hops: [{ status: null }],
    });
  });

  it.each<[string, (socket: Socket) => void]>([
    ['never ends its body', said(`${OK}\r\n`, forever('x'.repeat(65_536)))],
    ['drips its body', said(`${OK}Content-Length: 99999999999\r\n\r\nx`)],
    ['breaks its body off', said(`${OK}Content-Length: 10\r\n\r\nx`, (socket) => socket.resetAndDestroy())],
    ['breaks its chunks', said(`${OK}Transfer-Encoding: chunked\r\n\r\nzz\r\n`)],
    ['sends a packed bomb', said(`${OK}Content-Encoding: gzip\r\n\r\n`, (socket) => socket.end(BOMB))],
  ])('that %s has answered all the same', async (_, behave) => {
    const { port } = await raw(behave);
    const report = await probe(`http://${HOST}:${port}/`);
    expect([report.end, ...statuses(report)]).toEqual(['answered', 200]);
  });

  it('shows nothing hidden', async () => {
    const { port } = await raw(
      said('HTTP/1.1 302 Found\r\nLocation: //a\u202e\u00adb/\r\nServer: x\u001b[2J\u0085\r\n\r\n'),
    );
    const { hops } = await probe(`http://${HOST}:${port}/`).catch(() => ({ hops: [] }));
    expect(JSON.stringify(hops.map(({ location, server }) => [location, server]))).not.toMatch(/\p{C}/u);
  });
});

describe('the end of a probe', () => {
  it.each([
    [{ rcode: 'NXDOMAIN' } as const, 'NAME_NOT_FOUND'],
    [{ rcode: 'SERVFAIL' } as const, 'RESOLVER_FAILED'],
    ['silence' as const, 'RESOLVER_FAILED'],
  ])('tells that DNS said %j', async (reply, code) => {
    answer = () => reply;
    const report = await probe(`http://${HOST}/`, reply === 'silence' ? HASTY : {});
    expect(report).toMatchObject({ end: 'failed', code, hops: [{ address: null, phases: { dnsMs: null } }] });
  });

  it('tells a refused connection and keeps what led there', async () => {
    const closed = await listen(createTcpServer());
    await closed.close();
    const { port } = await serve((_, response) =>
      response.writeHead(302, { Location: `http://${HOST}:${closed.port}/` }).end(),
    );
    const report = await probe(`http://${HOST}:${port}/`);
    expect(report).toMatchObject({ end: 'failed', code: 'CONNECT_REFUSED' });
    expect(statuses(report)).toEqual([302, null]);
  });

  it('is a report at the deadline and an error where the run is cancelled', async () => {
    const silent = await raw(() => {});
    const url = `http://${HOST}:${silent.port}/`;
    const timeouts = { answerMs: 60_000 };
    const limits = { ...testRun().limits, deadline: Date.now() + 300 };
    const late = await probe(url, { timeouts }, testRun({ limits }));
    expect(late).toMatchObject({ end: 'failed', code: 'TOOL_TIMEOUT' });

    const reason = new Error('cancelled');
    const abort = new AbortController();
    const held = await raw(() => abort.abort(reason));
    const run = testRun({ signal: abort.signal });
    await expect(probe(`http://${HOST}:${held.port}/`, { timeouts }, run)).rejects.toBe(reason);
  });

  it.each(['shop.larkfield.example', 'http://user@shop.larkfield.example/', 'file:///etc/passwd', ''])(
    'is a refusal for what is no web address: %j',
    async (url) => {
      const code = await probe(url).catch(errorCode);
      expect(code).toBe('TARGET_INVALID');
      expect(dns.questions).toEqual([]);
    },
  );

  it('is a refusal for what nobody named', async () => {
    const run = testRun({ targets: targetsOf('other.example') });
    expect(await probe('http://evil.example/', {}, run).catch(errorCode)).toBe('TARGET_UNTRUSTED');
  });
});
