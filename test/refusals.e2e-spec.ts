import { once } from 'node:events';
import { connect } from 'node:net';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { generateApiKey, hashApiKey } from '../src/config/api-keys.js';
import { problemSchema } from '../src/host/common/problem.contract.js';
import { startHost, type TestHost } from './host-fixture.js';
import { isTerminal, openSocket, UpgradeRefused } from './raw-socket.js';

const refusal = async (attempt: Promise<unknown>) => {
  const error = await attempt.then(
    () => null,
    (reason: unknown) => reason,
  );
  if (!(error instanceof UpgradeRefused)) throw new Error('the upgrade was not refused', { cause: error });
  return { status: error.status, headers: error.headers, problem: problemSchema.parse(error.problem) };
};

const start = {
  assistant_id: 'support',
  input: { messages: [{ role: 'user', content: 'The VPN is down' }] },
};

describe('refusals at the socket', () => {
  let host: TestHost;
  beforeAll(async () => {
    host = await startHost({ server: { origins: ['https://desk.example.com'] }, samples: false });
  });
  afterAll(() => host.close());

  it.each([
    ['a foreign origin', { origin: 'https://evil.example' }, 403, 'ORIGIN_REFUSED'],
    [
      'an origin that only begins alike',
      { origin: 'https://desk.example.com.evil.example' },
      403,
      'ORIGIN_REFUSED',
    ],
    ['a null origin', { origin: 'null' }, 403, 'ORIGIN_REFUSED'],
    ['a foreign host', { headers: { host: 'rebound.example' } }, 403, 'HOST_REFUSED'],
  ])('refuses %s before 101', async (_, options, status, code) => {
    const { problem, ...answer } = await refusal(openSocket(host.url, 't', options));
    expect({ status: answer.status, code: problem.code }).toEqual({ status, code });
    expect(answer.headers['content-type']).toMatch(/^application\/problem\+json/);
    expect(answer.headers['x-correlation-id']).toBe(problem.correlationId);
  });

  it.each(['http://localhost:5173', 'https://desk.example.com'])('lets a page of %s in', async (origin) => {
    const socket = await openSocket(host.url, 't', { origin });
    await socket.close();
  });

  it('refuses an id that cannot be one, and a path that is none', async () => {
    const bad = await refusal(openSocket(host.url, 'a%00b'));
    const none = await refusal(openSocket(host.url, 'a/b'));
    expect([bad.problem.code, none.problem.code]).toEqual(['VALIDATION_FAILED', 'NOT_FOUND']);
  });

  it('answers a handshake that is not one with a problem', async () => {
    const connection = connect(host.port, '127.0.0.1');
    connection.end(
      'GET /threads/t/stream/events HTTP/1.1\r\nHost: localhost\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n\r\n',
    );
    const [data] = await once(connection, 'data');
    expect(String(data)).toMatch(
      /^HTTP\/1\.1 400 [\s\S]*application\/problem\+json[\s\S]*"code":"INVALID_ARGUMENT"/,
    );
    connection.destroy();
  });

  it.each([
    ['not JSON', '{"id":', null, 'INVALID_JSON', 'invalid_argument'],
    ['invalid UTF-8', Buffer.from([0x7b, 0xff, 0x7d]), null, 'INVALID_JSON', 'invalid_argument'],
    ['no id', '{"method":"run.start"}', null, 'VALIDATION_FAILED', 'invalid_argument'],
    ['an unknown command', '{"id":5,"method":"run.explode"}', 5, 'COMMAND_UNKNOWN', 'unknown_command'],
    [
      'an unknown channel',
      '{"id":6,"method":"subscription.subscribe","params":{"channels":["gossip"]}}',
      6,
      'CHANNEL_UNKNOWN',
      'invalid_argument',
    ],
    [
      'an unknown assistant',
      JSON.stringify({ id: 7, method: 'run.start', params: { ...start, assistant_id: 'oracle' } }),
      7,
      'ASSISTANT_NOT_FOUND',
      'invalid_argument',
    ],
    [
      'a NUL',
      '{"id":8,"method":"run.start","params":{"x":"\\u0000"}}',
      8,
      'VALIDATION_FAILED',
      'invalid_argument',
    ],
    [
      'half a surrogate pair',
      '{"id":8,"method":"run.start","params":{"x":"\\ud800"}}',
      8,
      'VALIDATION_FAILED',
      'invalid_argument',
    ],
    [
      'a prototype key',
      '{"id":9,"method":"run.start","params":{"__proto__":{"admin":true}}}',
      9,
      'VALIDATION_FAILED',
      'invalid_argument',
    ],
    [
      'no message of the user',
      '{"id":10,"method":"run.start","params":{"assistant_id":"support","input":{"messages":[]}}}',
      10,
      'VALIDATION_FAILED',
      'invalid_argument',
    ],
    [
      'no open interrupt',
      '{"id":11,"method":"input.respond","params":{"interrupt_id":"i","response":true}}',
      11,
      'INTERRUPT_NOT_FOUND',
      'no_such_interrupt',
    ],
    [
      'an unknown subscription',
      '{"id":12,"method":"subscription.unsubscribe","params":{"subscription_id":"s"}}',
      12,
      'SUBSCRIPTION_NOT_FOUND',
      'no_such_subscription',
    ],
    [
      'a namespace that is none',
      '{"id":13,"method":"state.get","params":{"namespace":["x"]}}',
      13,
      'NAMESPACE_NOT_FOUND',
      'no_such_namespace',
    ],
  ])('answers %s with a typed error reply and stays open', async (_, frame, id, code, error) => {
    const socket = await openSocket(host.url, 'typed');
    socket.socket.send(frame, { binary: false });
    const reply = await socket.find((each) => each.type === 'error');
    expect(reply).toMatchObject({
      type: 'error',
      id,
      code,
      error,
      message: expect.any(String),
      next: expect.any(String),
    });
    expect(JSON.stringify(reply)).not.toMatch(/\bat .*:\d+:\d+|node_modules/);
    expect(socket.socket.readyState).toBe(socket.socket.OPEN);
    await socket.close();
  });

  it('refuses binary frames by a reply and oversize ones by 1009', async () => {
    const binary = await openSocket(host.url, 'binary');
    binary.socket.send(Buffer.from('{}'), { binary: true });
    expect((await binary.find((frame) => frame.type === 'error')).id).toBeNull();
    await binary.close();
    const large = await openSocket(host.url, 'large');
    large.socket.send('x'.repeat(1024 * 1024 + 1));
    expect((await large.closed).code).toBe(1009);
  });

  it('closes a reader that does not read with 1013, and the cursor serves what it missed', async () => {
    const content = `The VPN is down. ${'It says error 13806. '.repeat(10_000)}`;
    const writer = await openSocket(host.url, 'slow');
    await writer.command('subscription.subscribe', { channels: ['lifecycle'] });
    await writer.command('run.start', {
      assistant_id: 'support',
      input: { messages: [{ role: 'user', content }] },
    });
    const end = await writer.find(isTerminal);

    const reader = await openSocket(host.url, 'slow');
    reader.socket.pause();
    // More than the socket buffers on both sides take.
    for (let id = 1; id <= 200; id += 1) reader.socket.send(JSON.stringify({ id, method: 'state.get' }));
    const slowReaders = async () =>
      /triagent_slow_readers_total (\d+)/.exec(await (await fetch(`${host.url}/metrics`)).text())?.[1];
    while ((await slowReaders()) !== '1') await new Promise((resolve) => setTimeout(resolve, 100));
    reader.socket.resume();
    expect((await reader.closed).code).toBe(1013);

    const again = await openSocket(host.url, 'slow');
    await again.command('subscription.subscribe', { channels: ['lifecycle'], since: Number(end.seq) - 1 });
    expect(await again.find(isTerminal)).toEqual(end);
    await Promise.all([writer.close(), again.close()]);
  });

  it('closes with 1001 when the host goes down', async () => {
    const own = await startHost({ samples: false });
    const socket = await openSocket(own.url, 'drain');
    await own.close();
    expect((await socket.closed).code).toBe(1001);
  });
});

describe('API keys', () => {
  const keys = { a: generateApiKey(), b: generateApiKey() };
  let host: TestHost;
  beforeAll(async () => {
    const entry = (id: string, key: string) => ({
      id,
      hash: hashApiKey(key),
      tenant: `tenant-${id}`,
      groups: [],
      role: 'user' as const,
    });
    host = await startHost({ auth: { keys: [entry('a', keys.a), entry('b', keys.b)] }, samples: false });
  });
  afterAll(() => host.close());

  const bearer = (key: string) => ({ headers: { authorization: `Bearer ${key}` } });

  it.each([
    ['no key', {}],
    ['a wrong key', bearer('triagent_wrong')],
    ['a key in the query', { query: `?token=${keys.a}` }],
    ['another scheme', { headers: { authorization: `Basic ${keys.a}` } }],
  ])('refuses %s with 401', async (_, options) => {
    const { status, headers, problem } = await refusal(openSocket(host.url, 't', options));
    expect({ status, code: problem.code }).toEqual({ status: 401, code: 'UNAUTHENTICATED' });
    expect(headers['www-authenticate']).toMatch(/^Bearer/);
  });

  it('takes the key as a header or as a sub-protocol, and never echoes it beside another', async () => {
    const header = await openSocket(host.url, 't', bearer(keys.a));
    const only = await openSocket(host.url, 't', { protocols: [`bearer.${keys.a}`] });
    const beside = await openSocket(host.url, 't', { protocols: [`bearer.${keys.a}`, 'triagent.stream.v1'] });
    expect(header.socket.protocol).toBe('');
    expect(only.socket.protocol).toBe(`bearer.${keys.a}`);
    expect(beside.socket.protocol).toBe('triagent.stream.v1');
    await Promise.all([header.close(), only.close(), beside.close()]);
  });

  it("keeps one tenant's thread from another as if it did not exist", async () => {
    const owner = await openSocket(host.url, 'shared-name', bearer(keys.a));
    await owner.command('subscription.subscribe', { channels: ['lifecycle'] });
    const { result } = await owner.command('run.start', start);
    await owner.find(isTerminal);
    const stranger = await openSocket(host.url, 'shared-name', bearer(keys.b));
    await stranger.command('subscription.subscribe', { channels: ['values', 'messages', 'lifecycle'] });
    const state = await stranger.command('state.get');
    const cancel = await stranger.command('run.cancel', { run_id: result?.run_id });
    const made = await fetch(`${host.url}/threads/shared-name`, {
      headers: { authorization: `Bearer ${keys.b}` },
    });
    const unmade = await fetch(`${host.url}/threads/never-made`, {
      headers: { authorization: `Bearer ${keys.b}` },
    });
    const plain = async (response: Response) => ({
      ...problemSchema.parse(await response.json()),
      correlationId: '',
    });
    expect([state.code, cancel.code]).toEqual(['THREAD_NOT_FOUND', 'RUN_NOT_FOUND']);
    expect(stranger.frames.filter((frame) => frame.type === 'event')).toEqual([]);
    expect(await plain(made)).toEqual(await plain(unmade));
    await Promise.all([owner.close(), stranger.close()]);
  });
});
