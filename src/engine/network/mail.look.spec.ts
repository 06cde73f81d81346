import { createServer, type Socket } from 'node:net';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import type { RunContext } from '../../../agents/run-context.js';
import { targetsOf, testRun } from '../../../agents/testing/run-context.js';
import { createNetwork, type NetworkOptions } from './egress-gate.js';
import { errorCode } from './error-code.js';
import { a, type DnsReply, type DnsServer, mx, startDnsServer } from './testing/dns-server.js';
import { type Listening, listen } from './testing/loopback.js';

const DOMAIN = 'larkfield.example';

let dns: DnsServer;
let server: Listening | undefined;
let zone: Record<string, DnsReply>;

beforeEach(async () => {
  zone = { [`${DOMAIN} MX`]: { records: [mx(10, 'mx1.larkfield.example')] } };
  dns = await startDnsServer((name, type) => {
    const reply = zone[`${name} ${type}`];
    if (reply) return reply;
    return type === 'A' && name.startsWith('mx') ? { records: [a('127.0.0.1')] } : { rcode: 'NOERROR' };
  });
  server = undefined;
});
afterEach(async () => {
  await Promise.all([dns.close(), server?.close()]);
});

const greetMail = (run: RunContext = testRun(), options: Partial<NetworkOptions> = {}) =>
  createNetwork({
    enabled: true,
    estate: ['larkfield.example', '*.larkfield.example'],
    resolver: { servers: [dns.address] },
    // Only what never comes can reach this, on a busy machine too.
    timeouts: { dnsMs: 9_000, connectMs: 9_000, greetingMs: 9_000 },
    mailPort: server?.port ?? 1,
    ...options,
  }).greetMail(DOMAIN, run);

async function door(behave: (socket: Socket) => void) {
  server = await listen(createServer(behave));
}

/** A mail server that says these lines, one after each command, and writes down what it hears. */
async function polite(...replies: readonly string[]) {
  const heard: string[] = [];
  let gone: () => void = () => {};
  const left = new Promise<void>((resolve) => {
    gone = resolve;
  });
  await door((socket) => {
    const rest = [...replies];
    socket.write(rest.shift() ?? '');
    socket.on('data', (chunk) => {
      heard.push(chunk.toString());
      socket.write(rest.shift() ?? '221 bye\r\n');
    });
    socket.on('close', gone);
  });
  return { heard, left };
}

describe('the greeting of mail exchangers', () => {
  it('is read with what is offered, and nothing is sent but EHLO and QUIT', async () => {
    const { heard, left } = await polite(
      '220-mx1.larkfield.example ESMTP\r\n220 no spam please\r\n',
      '250-mx1 greets you\r\n250-SIZE 1000\r\n250-STARTTLS\r\n250 HELP\r\n',
    );
    expect(await greetMail()).toEqual([
      {
        ...{ exchange: 'mx1.larkfield.example', preference: 10, address: '127.0.0.1', status: 220 },
        ...{ greeting: 'mx1.larkfield.example ESMTP', startTls: true, code: null, ms: expect.any(Number) },
      },
    ]);
    await left;
    expect(heard.join('')).toBe('EHLO [127.0.0.1]\r\nQUIT\r\n');
  });

  it.each([
    ['554 go away\r\n', { status: 554, greeting: 'go away', startTls: null, code: null }],
    ['421 busy\r\n', { status: 421, greeting: 'busy', startTls: null, code: null }],
    ['220\r\n', { status: 220, greeting: '', startTls: false, code: null }],
  ])('may be %j', async (greeting, report) => {
    await polite(greeting, '250 hello\r\n');
    expect(await greetMail()).toMatchObject([report]);
  });

  it('keeps the greeting where EHLO is refused or cut off', async () => {
    await polite('220 hello\r\n', '502 what?\r\n');
    expect(await greetMail()).toMatchObject([{ status: 220, startTls: null, code: null }]);
    await server?.close();
    await door((socket) => {
      socket.write('220 hello\r\n');
      socket.on('data', () => socket.resetAndDestroy());
    });
    expect(await greetMail()).toMatchObject([{ status: 220, greeting: 'hello', code: 'CONNECT_RESET' }]);
  });

  it.each<[string, string, (socket: Socket) => void]>([
    ['says nothing', 'TOOL_TIMEOUT', () => {}],
    ['stops inside the line', 'TOOL_TIMEOUT', (socket) => socket.write('220-hello')],
    ['hangs up', 'CONNECT_RESET', (socket) => socket.end()],
    ['resets', 'CONNECT_RESET', (socket) => socket.write('2', () => socket.resetAndDestroy())],
    ['speaks SSH', 'PROTOCOL_FAILED', (socket) => socket.write('SSH-2.0-OpenSSH_9.6\r\n')],
    ['speaks HTTP', 'PROTOCOL_FAILED', (socket) => socket.end('HTTP/1.1 400 Bad Request\r\n\r\n')],
    ['never ends its greeting', 'PROTOCOL_FAILED', (socket) => socket.write('220-more\r\n'.repeat(10_000))],
    ['never ends its line', 'PROTOCOL_FAILED', (socket) => socket.write(`220 ${'x'.repeat(100_000)}`)],
  ])('of a server that %s is missing: %s', async (_, code, behave) => {
    await door(behave);
    const limits = code === 'TOOL_TIMEOUT' ? { timeouts: { greetingMs: 300 } } : {};
    expect(await greetMail(testRun(), limits)).toMatchObject([
      { greeting: null, status: null, startTls: null, code },
    ]);
  });

  it('is a bounded line without hidden text, whatever is sent', async () => {
    let bytes = Buffer.alloc(0);
    await door((socket) => socket.end(bytes));
    await fc.assert(
      fc.asyncProperty(fc.uint8Array({ maxLength: 400 }), fc.boolean(), async (sent, polite) => {
        bytes = Buffer.concat([Buffer.from(polite ? '554 ' : ''), sent, Buffer.from('\r\n')]);
        const [report] = await greetMail(testRun(), { rate: { burst: 1_000, perMinute: 1_000 } });
        expect(report?.greeting ?? '').toMatch(/^[^\p{C}]{0,200}$/u);
        if (report?.status === null) expect(report.code).not.toBeNull();
      }),
      { numRuns: 50 },
    );
  });
});

describe('the exchangers of a domain', () => {
  it('are asked in the order of their preference, at most four, each on its own', async () => {
    const names = ['mx5', 'mx4', 'mx3', 'mx2', 'mx1'];
    zone[`${DOMAIN} MX`] = {
      records: names.map((name, at) => mx(50 - at * 10, `${name}.larkfield.example`)),
    };
    zone['mx2.larkfield.example A'] = { rcode: 'NXDOMAIN' };
    zone['mx3.larkfield.example A'] = { records: [a('169.254.169.254')] };
    zone['mx4.larkfield.example A'] = { rcode: 'SERVFAIL' };
    await polite('220 hello\r\n', '250 hello\r\n');
    const reports = await greetMail();
    expect(reports.map(({ exchange, preference, code }) => [exchange, preference, code])).toEqual([
      ['mx1.larkfield.example', 10, null],
      ['mx2.larkfield.example', 20, 'NAME_NOT_FOUND'],
      ['mx3.larkfield.example', 30, 'TARGET_DENIED'],
      ['mx4.larkfield.example', 40, 'RESOLVER_FAILED'],
    ]);
  });

  it('are the domain itself where it has no MX', async () => {
    zone[`${DOMAIN} MX`] = { rcode: 'NOERROR' };
    zone[`${DOMAIN} A`] = { records: [a('127.0.0.1')] };
    await polite('220 hello\r\n', '250 hello\r\n');
    expect(await greetMail()).toMatchObject([{ exchange: DOMAIN, preference: 0, status: 220 }]);
  });

  it('are none where a null MX says so', async () => {
    zone[`${DOMAIN} MX`] = { records: [mx(0, '')] };
    expect(await greetMail()).toEqual([]);
  });

  it.each([
    [{ rcode: 'NXDOMAIN' } as const, 'NAME_NOT_FOUND'],
    [{ rcode: 'SERVFAIL' } as const, 'RESOLVER_FAILED'],
  ])('are not known where DNS says %j', async (reply, code) => {
    zone[`${DOMAIN} MX`] = reply;
    expect(await greetMail().catch(errorCode)).toBe(code);
  });

  it('end with the run, and with its deadline as a report', async () => {
    const timeouts = { greetingMs: 60_000 };
    await door(() => {});
    const limits = { ...testRun().limits, deadline: Date.now() + 300 };
    expect(await greetMail(testRun({ limits }), { timeouts })).toMatchObject([{ code: 'TOOL_TIMEOUT' }]);
    await server?.close();

    const reason = new Error('cancelled');
    const abort = new AbortController();
    await door(() => abort.abort(reason));
    await expect(greetMail(testRun({ signal: abort.signal }), { timeouts })).rejects.toBe(reason);
  });

  it('are not asked for where nobody named the domain', async () => {
    const run = testRun({ targets: targetsOf('other.example') });
    expect(await greetMail(run, { estate: [] }).catch(errorCode)).toBe('TARGET_UNTRUSTED');
    expect(dns.questions).toEqual([]);
  });
});
