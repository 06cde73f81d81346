import { createHash } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { z } from 'zod';
import { triageResultSchema } from '../agents/contracts/index.js';
import { documentSchema } from '../src/host/knowledge/knowledge.contract.js';
import {
  pendingSchema,
  qualitySchema,
  triageListSchema,
  triageReceiptSchema,
} from '../src/host/triage/triage.contract.js';
import { startHost, type TestHost } from './host-fixture.js';
import { isTerminal, openSocket } from './raw-socket.js';
import { createTriageClient, TICKET } from './triage-client.js';

describe('the triage door', () => {
  let host: TestHost;
  let client: ReturnType<typeof createTriageClient>;
  beforeAll(async () => {
    host = await startHost();
    client = createTriageClient(host.url);
  }, 60_000);
  afterAll(() => host.close());

  it('accepts, says where to come back, and answers the same bytes for ever', async () => {
    const accepted = await client.post({ ...TICKET, id: 'INC-1' });
    const pending = pendingSchema.parse(await accepted.json());
    expect(accepted.status).toBe(202);
    expect(accepted.headers.get('location')).toBe(`/api/v1/triage/${pending.id}`);
    expect(Number(accepted.headers.get('retry-after'))).toBeGreaterThan(0);
    expect(pending).toMatchObject({ id: expect.stringMatching(/^tr_/), ticketId: 'INC-1', status: 'queued' });

    const { result } = await host.runtime.triage.join(pending.id, LOCAL);
    const [first, second] = await Promise.all(
      [1, 2].map(async () => (await client.call(`/${pending.id}`)).text()),
    );
    expect(second).toBe(first);
    expect(triageResultSchema.strict().parse(JSON.parse(first ?? ''))).toEqual(result);
    expect(result).toMatchObject({ ticketId: 'INC-1', threadId: pending.threadId, status: 'completed' });
  });

  it('waits as long as the client prefers', async () => {
    const waited = await client.post(TICKET, { prefer: 'respond-async, wait=30' });
    expect([waited.status, waited.headers.get('preference-applied')]).toEqual([200, 'wait=30']);
    expect(triageResultSchema.parse(await waited.json()).answer?.text).toMatch(/\[\d+\]/);
    const hurried = await client.post(TICKET, { prefer: 'wait=0' });
    expect([hurried.status, hurried.headers.get('preference-applied')]).toEqual([202, 'wait=0']);
  });

  it('takes the same key and body for the same ticket, also all at once', async () => {
    const key = { 'idempotency-key': '"8e03978e-40d5-43dd-bc93-6894a57f9324"' };
    const replies = await Promise.all(Array.from({ length: 10 }, () => client.post(TICKET, key)));
    const bodies = await Promise.all(replies.map(async (reply) => pendingSchema.parse(await reply.json())));
    expect(new Set(bodies.map(({ id }) => id)).size).toBe(1);
    expect(new Set(bodies.map(({ ticketId }) => ticketId)).size).toBe(1);
    expect(new Set(replies.map(({ status }) => status))).toEqual(new Set([202]));
    const done = await client.result(TICKET, key);
    expect(done.id).toBe(bodies[0]?.id);

    const other = await client.problem(client.post({ ...TICKET, body: 'Another question.' }, key));
    expect(other).toMatchObject({ status: 422, code: 'IDEMPOTENCY_MISMATCH' });
    const twice = await Promise.all([client.pending(TICKET), client.pending(TICKET)]);
    expect(twice[0].id).not.toBe(twice[1].id);
    const none = await client.problem(client.post(TICKET, { 'idempotency-key': 'x'.repeat(256) }));
    expect(none).toMatchObject({ status: 400, code: 'INVALID_ARGUMENT' });
  });

  it.each([
    ['an unknown key', { ...TICKET, titel: 'x' }, 422, '/titel'],
    [
      'an unknown key of the requester',
      { ...TICKET, requester: { id: 'a', group: [] } },
      422,
      '/requester/group',
    ],
    ['nothing to read', { subject: ' ', body: '' }, 422, '/body'],
    ['no body at all', { subject: 'x' }, 422, '/body'],
    ['a subject that is none', { subject: 7, body: 'x' }, 422, '/subject'],
    ['a subject without end', { subject: 'x'.repeat(10_001), body: '' }, 422, '/subject'],
    ['an unknown depth', { ...TICKET, options: { depth: 'deep' } }, 422, '/options/depth'],
    ['an unknown option', { ...TICKET, options: { temperature: 1 } }, 422, '/options/temperature'],
    [
      'an unknown version',
      { ...TICKET, options: { prompts: { triage: '9.9.9' } } },
      422,
      '/options/prompts/triage',
    ],
    [
      'an unknown prompt',
      { ...TICKET, options: { prompts: { oracle: '1.0.0' } } },
      422,
      '/options/prompts/oracle',
    ],
    [
      'an unknown agent',
      { ...TICKET, options: { models: { oracle: 'x:y' } } },
      422,
      '/options/models/oracle',
    ],
    ['an unknown model', { ...TICKET, options: { models: { critic: 'x:y' } } }, 422, undefined],
    ['a NUL', '{"subject":"a\\u0000","body":""}', 422, '/subject'],
    ['half a surrogate pair', '{"subject":"a","body":"\\ud800"}', 422, '/body'],
    ['a prototype', '{"subject":"a","body":"b","fields":{"__proto__":{}}}', 422, '/fields/__proto__'],
    [
      'a way to one',
      '{"subject":"a","body":"b","fields":{"constructor":{"prototype":{}}}}',
      422,
      '/fields/constructor',
    ],
    ['no JSON', '{"subject":', 400, undefined],
    ['more than 1 MiB', { subject: '', body: 'x'.repeat(1024 * 1024) }, 413, undefined],
  ])('refuses %s', async (_, body, status, pointer) => {
    const problem = await client.problem(client.post(body));
    expect(problem).toMatchObject({ status, type: 'application/problem+json' });
    if (pointer) expect(problem.errors?.map((each) => each.pointer)).toContain(pointer);
  });

  it('obeys the depth', async () => {
    const classified = await client.result({ ...TICKET, options: { depth: 'classify' } });
    expect(classified).toMatchObject({
      status: 'completed',
      decision: { category: { value: 'network/vpn' } },
      answer: null,
      critique: null,
      handoff: null,
      evidence: [],
      usage: { modelCalls: 1, toolCalls: 0 },
    });
    const log = 'See vpn.example.com, tls error.\n2026-11-20 09:12:44 ERROR tls: certificate has expired';
    const answered = await client.result({ subject: 'TLS', body: log, options: { depth: 'answer' } });
    expect(answered.observations.filter(({ tool }) => /^(dns|tls|tcp|http|mail)\./.test(tool))).toEqual([]);
  });

  it('names evidence that opens', async () => {
    const { evidence, answer } = await client.result(TICKET);
    const cited = new Set(answer?.claims.flatMap((claim) => claim.evidence));
    expect(cited.size).toBeGreaterThan(0);
    for (const { id, kind, source, span, quote, hash } of evidence) {
      if (kind !== 'passage' || !cited.has(id)) continue;
      const documentId = /^kb:(.*)#/.exec(source)?.[1] ?? '';
      const reply = await fetch(`${host.url}/api/v1/knowledge/documents/${encodeURIComponent(documentId)}`);
      const { body } = documentSchema.parse(await reply.json());
      expect(body.slice(...span)).toBe(quote);
      expect(`sha256:${createHash('sha256').update(quote).digest('hex')}`).toBe(hash);
    }
  });

  it.each([
    ['an endless word', 'y'],
    ['endless addresses', 'a@b.'],
    ['endless blanks', ' '],
    ['endless lines', '\n'],
  ])('reads %s, and is still there for others', async (_, unit) => {
    const body = `My VPN fails. ${unit.repeat(300_000).slice(0, 900_000)} Why?`;
    const { status, decision } = await client.result({ subject: '', body });
    expect([status, decision?.language]).toEqual([expect.stringMatching(/^(?:completed|handed_off)$/), 'en']);
    expect((await fetch(`${host.url}/health/live`)).status).toBe(200);
  });

  it('survives tickets that end in the middle, whatever ends them', async () => {
    const deadlines = Array.from({ length: 60 }, (_, index) => index + 1);
    const results = await Promise.all(
      deadlines.map((deadlineMs) => client.result({ ...TICKET, options: { deadlineMs } })),
    );
    const codes = results.filter(({ status }) => status === 'failed').map(({ error }) => error?.code);
    expect(new Set(codes)).toEqual(new Set(['RUN_DEADLINE']));
  });

  it('needs a person where it found nothing, and says why', async () => {
    const { status, decision, handoff } = await client.result({
      subject: 'Sourdough',
      body: 'Which hydration does my sourdough starter need at altitude?',
    });
    expect(status).toBe('handed_off');
    expect(decision?.needsHuman).toBe(true);
    expect(decision?.reasons).toContain(handoff?.reason);
  });

  it('lists newest first, page by page and by status', async () => {
    const listOf = async (query: string) =>
      triageListSchema.parse(await (await client.call(`?${query}`)).json());
    const made = [await client.result(TICKET), await client.result(TICKET), await client.result(TICKET)];
    const newest = await listOf('limit=2');
    expect(newest.items.map(({ id }) => id)).toEqual([made[2]?.id, made[1]?.id]);
    const next = await listOf(`limit=1&cursor=${newest.nextCursor}`);
    expect(next.items.map(({ id }) => id)).toEqual([made[0]?.id]);
    const completed = await listOf('status=completed&limit=200');
    expect(new Set(completed.items.map(({ status }) => status))).toEqual(new Set(['completed']));
    expect(completed.nextCursor).toBeUndefined();
    for (const query of ['limit=201', 'limit=0', 'status=gone'])
      expect(await client.problem(client.call(`?${query}`))).toMatchObject({ status: 422 });
    expect(await client.problem(client.call('?cursor=%21'))).toMatchObject({ status: 400 });
  });

  it('tells its events, the same each time, up to the terminal one', async () => {
    const { id } = await client.pending(TICKET);
    const live = await client.events(id);
    expect(live).toEqual(await client.events(id));
    expect(live.map((event) => JSON.parse(event.data).event_id)).toEqual(live.map((event) => event.id));
    const ends = live.filter(({ data }) => /"event":"(completed|failed|interrupted)"/.test(data));
    expect(ends).toEqual([live.at(-1)]);
    const middle = Math.floor(live.length / 2);
    expect(await client.events(id, live[middle]?.id)).toEqual(live.slice(middle + 1));
    const after = await client.call(`/${id}/events`, { headers: { 'last-event-id': live.at(-1)?.id ?? '' } });
    expect(after.status).toBe(204);
    expect(await client.events(id, 'never:1')).toEqual(live);
  });

  it('is stopped with a receipt, and says so again', async () => {
    const many = await client.batch(`${JSON.stringify(TICKET)}\n`.repeat(60));
    const last = z.object({ id: z.string() }).parse(many.items.at(-1)).id;
    const stop = async () => {
      const reply = await client.call(`/${last}`, { method: 'DELETE' });
      return { status: reply.status, receipt: triageReceiptSchema.parse(await reply.json()) };
    };
    const first = await stop();
    expect(first).toMatchObject({ status: 200, receipt: { id: last, status: 'cancelled', effects: [] } });
    expect(await stop()).toEqual(first);
    const result = triageResultSchema.parse(await (await client.call(`/${last}`)).json());
    expect(result).toMatchObject({
      status: 'cancelled',
      error: { code: 'RUN_CANCELLED' },
      manifest: { hash: expect.stringMatching(/^sha256:/), prompts: { triage: expect.any(String) } },
      usage: { inputTokens: expect.any(Number) },
    });
    const events = await client.events(last);
    expect(events.at(-1)?.data).toContain('"event":"interrupted"');
  });

  it('keeps what a person says, counts it and learns it', async () => {
    const { id, decision } = await client.result({ ...TICKET, id: 'INC-taught' });
    const category = decision?.category.value ?? '';
    const said = { category, queue: 'elsewhere', resolution: 'Renewed it.', answer: 'good' };
    const reply = await client.post(said, {}, `/${id}/feedback`);
    expect([reply.status, await reply.json()]).toEqual([200, { id, taught: true }]);
    expect(await (await client.call('/quality')).json()).toMatchObject({
      corrected: 1,
      accuracy: {
        category: { judged: 1, right: 1 },
        queue: { judged: 1, right: 0 },
        priority: { judged: 0, right: null },
        answer: { judged: 1, right: 1 },
      },
    });
    const learned = await fetch(`${host.url}/api/v1/knowledge/tickets/INC-taught`);
    expect(await learned.json()).toMatchObject({ category, queue: 'elsewhere', resolution: 'Renewed it.' });
    for (const bad of [{}, { mood: 'x' }, { answer: 'perhaps' }])
      expect(await client.problem(client.post(bad, {}, `/${id}/feedback`))).toMatchObject({ status: 422 });
  });

  it.each([
    ['GET', ''],
    ['GET', '/events'],
    ['DELETE', ''],
    ['POST', '/feedback'],
  ])('knows no other ticket at %s %s', async (method, path) => {
    for (const id of ['tr_01890000-0000-7000-8000-000000000000', 'tr_', 'x']) {
      const body = method === 'POST' ? { body: '{"comment":"x"}' } : {};
      const headers = method === 'POST' ? { 'content-type': 'application/json' } : {};
      const problem = await client.problem(client.call(`/${id}${path}`, { method, headers, ...body }));
      expect(problem).toMatchObject({ status: 404, code: 'TRIAGE_NOT_FOUND' });
    }
  });

  it('is a thread: watched while it works, continued in chat, and its result stays', async () => {
    const { id, threadId } = await client.pending({ ...TICKET, id: 'INC-thread' });
    const socket = await openSocket(host.url, threadId);
    await socket.command('subscription.subscribe', {
      channels: ['values', 'messages', 'lifecycle'],
      since: 0,
    });
    await socket.find(isTerminal);
    const before = await (await client.call(`/${id}`)).text();
    const told = await client.events(id);
    const seen = socket.frames.filter(({ type }) => type === 'event');
    expect(told.map((event) => JSON.parse(event.data))).toEqual(expect.arrayContaining(seen));

    await socket.command('run.start', {
      assistant_id: 'support',
      input: { messages: [{ role: 'user', content: 'How long does the renewal take?' }] },
    });
    await socket.find((frame) => isTerminal(frame) && Number(frame.seq) > told.length);
    const values = z
      .object({
        messages: z.array(z.object({ type: z.string(), content: z.string() })),
        ticket: z.object({ id: z.string() }),
      })
      .parse((await host.runtime.threads.state(threadId, LOCAL)).values);
    expect(values.messages.map(({ type }) => type)).toEqual(['human', 'ai', 'human', 'ai']);
    expect(values.messages[0]?.content).toBe(`${TICKET.subject}\n${TICKET.body}`);
    expect(await (await client.call(`/${id}`)).text()).toBe(before);
    expect(values.ticket.id).toBe('INC-thread');
    expect(await client.events(id)).toEqual(told);
    const after = await client.call(`/${id}/events`, { headers: { 'last-event-id': told.at(-1)?.id ?? '' } });
    expect(after.status).toBe(204);
    await socket.close();
  });

  it('shows how good what it learned is, in numbers and as a picture', async () => {
    await client.result(TICKET);
    const quality = qualitySchema.parse(await (await client.call('/quality')).json());
    const points = quality.learned?.fields.category?.curve ?? [];
    expect(points.at(-1)?.coverage).toBe(1);
    const picture = await client.call('/quality/curve.svg');
    expect(picture.headers.get('content-type')).toMatch(/^image\/svg\+xml/);
    expect(await picture.text()).toMatch(/^<svg [\s\S]*<polyline[\s\S]*<\/svg>$/);
  });

  it('describes itself with examples', async () => {
    const document = z
      .looseObject({
        paths: z.record(z.string(), z.record(z.string(), z.unknown())),
        components: z.looseObject({ schemas: z.record(z.string(), z.looseObject({})) }),
      })
      .parse(await (await fetch(`${host.url}/openapi.json`)).json());
    const routes = Object.entries(document.paths)
      .filter(([path]) => path.startsWith('/api/v1/triage'))
      .flatMap(([path, methods]) => Object.keys(methods).map((method) => `${method} ${path}`));
    expect(routes.sort()).toEqual([
      'delete /api/v1/triage/{id}',
      'get /api/v1/triage',
      'get /api/v1/triage/quality',
      'get /api/v1/triage/quality/curve.svg',
      'get /api/v1/triage/{id}',
      'get /api/v1/triage/{id}/events',
      'post /api/v1/triage',
      'post /api/v1/triage/batch',
      'post /api/v1/triage/{id}/feedback',
    ]);
    const { TriageRequest, TriageResult } = document.components.schemas;
    expect(TriageRequest?.example).toMatchObject({ id: expect.any(String), subject: expect.any(String) });
    expect(Object.keys(TriageResult?.properties ?? {})).toContain('manifest');
  });
});

const LOCAL = { id: 'local', tenant: 'default', groups: [], role: 'operator' as const };
