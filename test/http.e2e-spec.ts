import { once } from 'node:events';
import { connect } from 'node:net';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { z } from 'zod';
import { problemSchema } from '../src/host/common/problem.contract.js';
import { startHost, type TestHost } from './host-fixture.js';

const json = { 'content-type': 'application/json' };
const post = (body: string | Uint8Array<ArrayBuffer>, headers: Record<string, string> = json) => ({
  method: 'POST',
  body,
  headers,
});

/** Sends bytes as they are and resolves with all that comes back. */
async function rawRequest(port: number, request: string): Promise<string> {
  const socket = connect(port, '127.0.0.1');
  const chunks: Buffer[] = [];
  socket.on('data', (chunk: Buffer) => chunks.push(chunk));
  socket.write(request);
  await once(socket, 'close');
  return Buffer.concat(chunks).toString();
}

describe('HTTP', () => {
  let host: TestHost;
  beforeAll(async () => {
    host = await startHost();
  });
  afterAll(() => host.close());

  it.each<[string, string, RequestInit, number, string]>([
    ['an unknown route', '/nothing/here', {}, 404, 'NOT_FOUND'],
    ['a URL that cannot be decoded', '/threads/%E0%A4%A', {}, 400, 'INVALID_ARGUMENT'],
    ['an unknown thread', '/threads/never', {}, 404, 'THREAD_NOT_FOUND'],
    ['an id that cannot be one', '/threads/a%20b', {}, 422, 'VALIDATION_FAILED'],
    ['a body that is not JSON', '/threads', post('{"a":'), 400, 'INVALID_JSON'],
    ['a body that is not UTF-8', '/threads', post(new Uint8Array([0x22, 0xff, 0x22])), 400, 'INVALID_JSON'],
    [
      'another media type',
      '/threads',
      post('a=b', { 'content-type': 'text/plain' }),
      415,
      'UNSUPPORTED_MEDIA_TYPE',
    ],
    ['a body beyond 1 MiB', '/threads', post(`"${'x'.repeat(1024 * 1024)}"`), 413, 'PAYLOAD_TOO_LARGE'],
    ['NUL', '/threads', post('{"metadata":{"a":"\\u0000"}}'), 422, 'VALIDATION_FAILED'],
    ['half a surrogate pair', '/threads', post('{"metadata":{"a":["\\udc00"]}}'), 422, 'VALIDATION_FAILED'],
    ['__proto__', '/threads', post('{"metadata":{"__proto__":{"a":1}}}'), 422, 'VALIDATION_FAILED'],
    [
      'constructor.prototype',
      '/threads',
      post('{"constructor":{"prototype":{"a":1}}}'),
      422,
      'VALIDATION_FAILED',
    ],
    [
      'nesting without end',
      '/threads',
      post('['.repeat(50_000) + ']'.repeat(50_000)),
      422,
      'VALIDATION_FAILED',
    ],
    ['a wrong type', '/threads/search', post('{"limit":"many"}'), 422, 'VALIDATION_FAILED'],
    [
      'an unknown assistant',
      '/runs/wait',
      post('{"assistant_id":"oracle","input":{"messages":[{"role":"user","content":"x"}]}}'),
      404,
      'ASSISTANT_NOT_FOUND',
    ],
    [
      'a command without its input',
      '/threads/t/runs',
      post('{"assistant_id":"support"}'),
      422,
      'VALIDATION_FAILED',
    ],
    [
      'a stream of no channel',
      '/threads/t/stream/events',
      post('{"channels":["gossip"]}'),
      400,
      'CHANNEL_UNKNOWN',
    ],
    ['an unknown document', '/api/v1/knowledge/documents/nope', {}, 404, 'DOCUMENT_NOT_FOUND'],
    ['a search for nothing', '/api/v1/knowledge/search', {}, 422, 'VALIDATION_FAILED'],
    ['a foreign origin', '/ok', { headers: { origin: 'https://evil.example' } }, 403, 'ORIGIN_REFUSED'],
  ])('answers %s with a problem', async (_, path, init, status, code) => {
    const response = await fetch(host.url + path, init);
    const text = await response.text();
    const problem = problemSchema.parse(JSON.parse(text));
    expect({ status: response.status, code: problem.code }).toEqual({ status, code });
    expect(problem.status).toBe(status);
    expect(response.headers.get('content-type')).toMatch(/^application\/problem\+json/);
    expect(response.headers.get('x-correlation-id')).toBe(problem.correlationId);
    expect(text).not.toMatch(/node_modules|\bat .*:\d+:\d+|\/src\//);
  });

  it('names each wrong field by its JSON Pointer', async () => {
    const body = JSON.stringify({
      assistant_id: 'support',
      input: { messages: [{ role: 'wizard', content: 'x' }] },
      stream_mode: ['debug'],
    });
    const problem = problemSchema.parse(await (await fetch(`${host.url}/threads/t/runs`, post(body))).json());
    expect(problem.errors?.map(({ pointer }) => pointer)).toEqual(['/input/messages/0/role', '/stream_mode']);
  });

  it('keeps a correlation id that was given, and only a plain one', async () => {
    const ask = async (id: string) =>
      (await fetch(`${host.url}/ok`, { headers: { 'x-correlation-id': id } })).headers.get(
        'x-correlation-id',
      );
    expect(await ask('req-42')).toBe('req-42');
    expect(await ask('a b<script>')).toMatch(/^[0-9a-f-]{36}$/);
  });

  it('refuses a foreign host', async () => {
    const answer = await rawRequest(
      host.port,
      'GET /ok HTTP/1.1\r\nHost: rebound.example\r\nConnection: close\r\n\r\n',
    );
    expect(answer).toMatch(/^HTTP\/1\.1 403 [\s\S]*"code":"HOST_REFUSED"/);
  });

  it('lets an allowed page of another port read the answer', async () => {
    const response = await fetch(`${host.url}/ok`, { headers: { origin: 'http://localhost:5173' } });
    expect(response.headers.get('access-control-allow-origin')).toBe('http://localhost:5173');
    const preflight = await fetch(`${host.url}/threads/t`, {
      method: 'OPTIONS',
      headers: { origin: 'http://localhost:5173', 'access-control-request-method': 'DELETE' },
    });
    expect(preflight.headers.get('access-control-allow-methods')).toMatch(/DELETE/);
  });

  it('is alive, ready and measured', async () => {
    const ready = await fetch(`${host.url}/health/ready`);
    const checks = z.object({ checks: z.array(z.object({ name: z.string(), ok: z.literal(true) })).min(1) });
    const metrics = await fetch(`${host.url}/metrics`);
    expect(await (await fetch(`${host.url}/health/live`)).json()).toEqual({ status: 'live' });
    expect(ready.status).toBe(200);
    expect(checks.safeParse(await ready.json()).success).toBe(true);
    expect(metrics.headers.get('content-type')).toMatch(/^text\/plain/);
    expect(await metrics.text()).toMatch(
      /^# HELP triagent_\w+ .+\n# TYPE triagent_\w+ (gauge|counter)\ntriagent_\w+ \d+$/m,
    );
  });

  it('describes every route with its refusals in OpenAPI 3.1, and shows it', async () => {
    const document = z
      .object({
        openapi: z.literal('3.1.0'),
        paths: z.record(
          z.string(),
          z.record(z.string(), z.looseObject({ responses: z.record(z.string(), z.unknown()) })),
        ),
        components: z.object({ schemas: z.record(z.string(), z.unknown()) }),
      })
      .parse(await (await fetch(`${host.url}/openapi.json`)).json());
    const references = [
      ...JSON.stringify(document).matchAll(/"\$ref":"#\/components\/schemas\/([^"]+)"/g),
    ].map(([, name]) => name ?? '');
    const operations = Object.values(document.paths).flatMap((path) => Object.values(path));
    expect(operations.length).toBeGreaterThan(30);
    expect(operations.every(({ responses }) => 'default' in responses)).toBe(true);
    expect(references.filter((name) => !(name in document.components.schemas))).toEqual([]);
    expect(JSON.stringify(document)).not.toMatch(/\$defs/);
    expect((await fetch(`${host.url}/api/docs`)).headers.get('content-type')).toMatch(/^text\/html/);
  });

  it('serves a page that may load nothing from elsewhere', async () => {
    const page = await fetch(host.url);
    const html = await page.text();
    const assets = [...html.matchAll(/(?:src|href)="(\/[^"]+)"/g)].map(([, path]) => path);
    expect(page.headers.get('content-security-policy')).toMatch(/^default-src 'none'/);
    expect(html).not.toMatch(/<style|<script(?![^>]+src)| on\w+=| style=/);
    expect(assets.length).toBe(2);
    for (const asset of assets) expect((await fetch(host.url + asset)).status).toBe(200);
  });

  it('takes articles and tickets, judges each alone, and opens what a citation names', async () => {
    const articles = [
      {
        id: 'kettle',
        title: 'The kettle',
        body: 'Descale the kettle with citric acid every month.',
        owner: 'kitchen',
      },
      { id: 'broken', title: '' },
    ];
    const added = await fetch(`${host.url}/api/v1/knowledge/documents`, post(JSON.stringify(articles)));
    const again = await fetch(`${host.url}/api/v1/knowledge/documents`, post(JSON.stringify(articles[0])));
    const found = z
      .object({
        hits: z
          .array(z.object({ docId: z.string(), span: z.tuple([z.number(), z.number()]), text: z.string() }))
          .min(1),
      })
      .parse(await (await fetch(`${host.url}/api/v1/knowledge/search?q=descale+kettle&k=3`)).json());
    const document = z
      .looseObject({ body: z.string() })
      .parse(await (await fetch(`${host.url}/api/v1/knowledge/documents/kettle`)).json());
    const tickets =
      '{"id":"S-1","subject":"Kettle","body":"It is full of scale","articles":["kettle"]}\nnot json\n';
    const learned = await fetch(
      `${host.url}/api/v1/knowledge/tickets/solved`,
      post(tickets, { 'content-type': 'application/x-ndjson' }),
    );
    const ticket = await (await fetch(`${host.url}/api/v1/knowledge/tickets/S-1`)).json();
    expect(added.status).toBe(202);
    expect(await added.json()).toMatchObject({
      added: 1,
      rejected: 1,
      documents: [
        { id: 'kettle', status: 'added' },
        { id: 'broken', status: 'rejected', error: { code: 'VALIDATION_FAILED' } },
      ],
    });
    expect(await again.json()).toMatchObject({ unchanged: 1 });
    expect(found.hits[0]?.docId).toBe('kettle');
    expect(document.body.slice(...(found.hits[0]?.span ?? [0, 0]))).toBe(found.hits[0]?.text);
    expect(learned.status).toBe(202);
    expect(await learned.json()).toMatchObject({
      rejected: 1,
      documents: [{ id: 'S-1' }, { id: '#2', error: { code: 'INVALID_JSON' } }],
    });
    expect(ticket).toMatchObject({ id: 'S-1', subject: 'Kettle' });
  });

  it('starts a run once under one idempotency key', async () => {
    const body = JSON.stringify({
      assistant_id: 'support',
      input: { messages: [{ role: 'user', content: 'VPN' }] },
    });
    const start = async (text: string) =>
      fetch(`${host.url}/threads/idem/runs`, post(text, { ...json, 'idempotency-key': 'k1' }));
    const run = z.looseObject({ run_id: z.string() });
    const [first, second] = [
      run.parse(await (await start(body)).json()),
      run.parse(await (await start(body)).json()),
    ];
    const other = await start(body.replace('VPN', 'printer'));
    expect(second.run_id).toBe(first.run_id);
    expect(problemSchema.parse(await other.json()).code).toBe('IDEMPOTENCY_MISMATCH');
  });
});
