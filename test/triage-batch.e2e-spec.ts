import { once } from 'node:events';
import { connect } from 'node:net';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { z } from 'zod';
import { generateApiKey, hashApiKey } from '../src/config/api-keys.js';
import { triageListSchema } from '../src/host/triage/triage.contract.js';
import { startHost, type TestHost } from './host-fixture.js';
import { createTriageClient, TICKET } from './triage-client.js';

const lineOf = (id: string, rest: object = {}) => JSON.stringify({ ...TICKET, id, ...rest });
const classify = { options: { depth: 'classify' } };
const accepted = z.object({ id: z.string(), ticketId: z.string() });

describe('a batch of tickets', () => {
  let host: TestHost;
  let client: ReturnType<typeof createTriageClient>;
  beforeAll(async () => {
    host = await startHost({ samples: false });
    client = createTriageClient(host.url);
  }, 60_000);
  afterAll(() => host.close(100));

  it('answers line by line; a bad line never fails the others', async () => {
    const lines = [
      lineOf('B-0'),
      '{"subject":',
      lineOf('B-2', { titel: 'x' }),
      '',
      `{"subject":"long","body":"${'x'.repeat(1024 * 1024)}"}`,
      '{"subject":"a\\u0000","body":""}',
      lineOf('B-6', { options: { prompts: { triage: '9.9.9' } } }),
      lineOf('B-7', classify),
    ];
    const { status, items } = await client.batch(lines.join('\n'));
    expect(status).toBe(202);
    expect(items.map((item) => ('error' in item ? item.error.code : item.ticketId))).toEqual([
      'B-0',
      'INVALID_JSON',
      'VALIDATION_FAILED',
      'PAYLOAD_TOO_LARGE',
      'VALIDATION_FAILED',
      'VALIDATION_FAILED',
      'B-7',
    ]);
  });

  it('gives the same ids when it is sent again with its key', async () => {
    const lines = Array.from({ length: 300 }, (_, index) => lineOf(`K-${index}`, classify)).join('\n');
    const first = await client.batch(lines, { 'idempotency-key': 'nightly' });
    const again = await client.batch(lines, { 'idempotency-key': 'nightly' });
    expect(again).toEqual(first);
    expect(new Set(first.items.map((item) => accepted.parse(item).id)).size).toBe(300);
    const single = await client.pending(JSON.parse(lineOf('K-0', classify)), {
      'idempotency-key': 'nightly',
    });
    expect(first.items.map((item) => accepted.parse(item).id)).not.toContain(single.id);
    const other = await client.batch(lineOf('K-other', classify), { 'idempotency-key': 'nightly' });
    expect(other.items).toEqual([{ error: expect.objectContaining({ code: 'IDEMPOTENCY_MISMATCH' }) }]);
  });

  it('takes nothing, and nothing but lines', async () => {
    expect(await client.batch('\n\n')).toEqual({ status: 202, items: [] });
    expect(await client.problem(client.post('[]', {}, '/batch'))).toMatchObject({ status: 415 });
    const single = client.post(lineOf('x'), { 'content-type': 'application/x-ndjson' });
    expect(await client.problem(single)).toMatchObject({ status: 415 });
  });

  it('answers while the lines still arrive', async () => {
    const { promise: answered, resolve: answer } = Promise.withResolvers<void>();
    const socket = connect(host.port, '127.0.0.1');
    socket.write(
      'POST /api/v1/triage/batch HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\nContent-Type: application/x-ndjson\r\nTransfer-Encoding: chunked\r\n\r\n',
    );
    let told = '';
    socket.on('data', (data) => {
      told += String(data);
      if (told.includes('W-0')) answer();
    });
    const send = (text: string) => socket.write(`${Buffer.byteLength(text).toString(16)}\r\n${text}\r\n`);
    // As many as are accepted at a time: the first answers leave before the last lines come.
    for (let index = 0; index <= 256; index += 1) send(`${lineOf(`W-${index}`, classify)}\n`);
    await answered;
    expect([told.startsWith('HTTP/1.1 202 '), told.includes('W-last')]).toEqual([true, false]);
    send(`${lineOf('W-last', classify)}\n`);
    socket.write('0\r\n\r\n');
    await once(socket, 'close');
    expect(told.includes('W-last')).toBe(true);
  });

  it('keeps what it accepted when the client goes away in the middle', async () => {
    const socket = connect(host.port, '127.0.0.1');
    const body = `${Array.from({ length: 50 }, (_, index) => lineOf(`G-${index}`, classify)).join('\n')}\n`;
    socket.write(
      `POST /api/v1/triage/batch HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/x-ndjson\r\nContent-Length: 99999999\r\n\r\n${body}`,
    );
    const known = async () =>
      triageListSchema
        .parse(await (await client.call('?limit=200')).json())
        .items.filter(({ ticketId }) => ticketId.startsWith('G-'));
    while ((await known()).length < 50) await new Promise((resolve) => setTimeout(resolve, 20));
    socket.destroy();
    const all = await known();
    const ended = await Promise.all(all.map(({ id }) => host.runtime.triage.join(id, LOCAL)));
    expect(ended.map(({ status }) => status)).toEqual(all.map(() => 'completed'));
  });

  it('takes thousands of lines from a client that reads nothing until it has sent all', async () => {
    const total = 3_000;
    const encoder = new TextEncoder();
    let sent = 0;
    const lines = new ReadableStream({
      pull(controller) {
        if (sent === total) return controller.close();
        const part = Array.from({ length: 100 }, (_, index) => `${lineOf(`T-${sent + index}`, classify)}\n`);
        sent += part.length;
        controller.enqueue(encoder.encode(part.join('')));
      },
    });
    const { items } = await client.batch(lines);
    expect(items.map((item) => accepted.parse(item).ticketId)).toEqual(
      Array.from({ length: total }, (_, index) => `T-${index}`),
    );
  }, 60_000);
});

describe('tickets of several tenants', () => {
  const keys = { a: generateApiKey(), b: generateApiKey() };
  let host: TestHost;
  beforeAll(async () => {
    const entry = (id: string, key: string) => ({
      id,
      hash: hashApiKey(key),
      tenant: `tenant-${id}`,
      groups: id === 'a' ? ['staff'] : [],
      role: id === 'a' ? ('operator' as const) : ('user' as const),
    });
    host = await startHost({ samples: false, auth: { keys: [entry('a', keys.a), entry('b', keys.b)] } });
  }, 60_000);
  afterAll(() => host.close(100));

  it('are invisible to each other', async () => {
    const [owner, stranger] = [createTriageClient(host.url, keys.a), createTriageClient(host.url, keys.b)];
    const { id } = await owner.result({ ...TICKET, ...classify });
    for (const [path, init] of [
      [`/${id}`, {}],
      [`/${id}/events`, {}],
      [`/${id}`, { method: 'DELETE' }],
    ] as const)
      expect(await stranger.problem(stranger.call(path, init))).toMatchObject({ code: 'TRIAGE_NOT_FOUND' });
    expect(await (await stranger.call()).json()).toEqual({ items: [] });
    expect(await (await stranger.call('/quality')).json()).toMatchObject({ results: 0 });
    const anonymous = createTriageClient(host.url);
    expect(await anonymous.problem(anonymous.post(TICKET))).toMatchObject({ status: 401 });
  });

  it('may share a key for their tickets, each its own', async () => {
    const [a, b] = [createTriageClient(host.url, keys.a), createTriageClient(host.url, keys.b)];
    const key = { 'idempotency-key': 'shared' };
    const [first, second] = [await a.pending(TICKET, key), await b.pending(TICKET, key)];
    expect(first.id).not.toBe(second.id);
  });

  it('see no more than their key, whatever groups a ticket names', async () => {
    const owner = createTriageClient(host.url, keys.a);
    const article = {
      id: 'staff-only',
      title: 'VPN error 13806',
      body: 'When the VPN client stops with error 13806, renew the certificate in Company Portal.',
    };
    const add = await fetch(`${host.url}/api/v1/knowledge/documents`, {
      method: 'POST',
      headers: { authorization: `Bearer ${keys.a}`, 'content-type': 'application/json' },
      body: JSON.stringify([
        { ...article, groups: ['staff'] },
        { ...article, id: 'board-only', groups: ['board'] },
      ]),
    });
    expect(add.status).toBe(202);
    const sourcesFor = async (groups?: readonly string[]) => {
      const { evidence } = await owner.result({
        ...TICKET,
        requester: { id: 'r', ...(groups && { groups }) },
      });
      return [...new Set(evidence.map(({ source }) => source.replace(/#.*/, '')))];
    };
    expect(await sourcesFor()).toEqual(['kb:staff-only']);
    expect(await sourcesFor(['staff', 'board'])).toEqual(['kb:staff-only']);
    expect(await sourcesFor(['board'])).toEqual([]);
  });

  it('are told how many more they may send, and keep what a user says without teaching it', async () => {
    const client = createTriageClient(host.url, keys.b);
    const reply = await client.post({ ...TICKET, ...classify });
    expect(reply.headers.get('ratelimit-policy')).toMatch(/^"runs";q=\d+/);
    expect(reply.headers.get('ratelimit')).toMatch(/^"runs";r=\d+;t=\d+/);
    const { id } = await client.result({ ...TICKET, ...classify });
    const said = await client.post({ category: 'general' }, {}, `/${id}/feedback`);
    expect(await said.json()).toEqual({ id, taught: false });
  });

  it('are refused with the time to come back, on both doors alike', async () => {
    const client = createTriageClient(host.url, keys.b);
    let reply = await client.post({ subject: '' });
    // The schema refuses these before anything is counted.
    expect(reply.status).toBe(422);
    const line = `${JSON.stringify({ ...TICKET, ...classify })}`;
    // More than a key gets back meanwhile.
    for (let sent = 0; sent < 10_000 && reply.status !== 429; sent += 250)
      for (const each of await Promise.all(Array.from({ length: 250 }, () => client.post(line))))
        if (each.status === 429) reply = each;
    expect(Number(reply.headers.get('retry-after'))).toBeGreaterThan(0);
    expect(reply.headers.get('ratelimit')).toMatch(/r=0/);
    expect(await client.problem(reply)).toMatchObject({ status: 429, code: 'RATE_LIMITED' });
    const chat = await fetch(`${host.url}/runs/wait`, {
      method: 'POST',
      headers: { authorization: `Bearer ${keys.b}`, 'content-type': 'application/json' },
      body: JSON.stringify({
        assistant_id: 'support',
        input: { messages: [{ role: 'user', content: 'x' }] },
      }),
    });
    expect(
      chat.status === 429 || Number(/r=(\d+)/.exec(chat.headers.get('ratelimit') ?? '')?.[1]) < 100,
    ).toBe(true);
  }, 120_000);
});

const LOCAL = { id: 'local', tenant: 'default', groups: [], role: 'operator' as const };
