import { type Dialect, refuse, say } from './dialect.fixture.js';
import { answer, begin, chunk, type Exchange, finish, type Script } from './fake-provider.fixture.js';

export const CLAIMS = ['{"claims":[{"te', 'xt":"Größe 𝄞"},{"text":"b', '"}]}'] as const;
export const GOOD = { output: CLAIMS };

export const always = (make: (dialect: Dialect) => Script) => (dialect: Dialect) => [make(dialect)];
export const thenGood = (make: (dialect: Dialect) => Script) => (dialect: Dialect) => [
  make(dialect),
  say(dialect, GOOD),
];
export const status =
  (code: number, name: string, headers: Readonly<Record<string, string>> = {}) =>
  (dialect: Dialect) =>
    refuse(dialect, code, name, headers);

/** OpenAI's and Amazon's names of one failure. */
export const named =
  (code: number, openai: string, bedrock: string, message?: string) =>
  (dialect: Dialect): Script =>
    refuse(dialect, code, dialect.name === 'openai' ? openai : bedrock, {}, message);

export const html: Script = answer(
  200,
  { 'content-type': 'text/html' },
  '<html><title>Sign in</title></html>',
);
export const json = (body: string): Script => answer(200, { 'content-type': 'application/json' }, body);
export const silent: Script = () => undefined;
export const headersOnly =
  (dialect: Dialect): Script =>
  (exchange) =>
    begin(exchange, { 'content-type': exchange.isStream ? dialect.streamType : 'application/json' });

/** A reply whose bytes are changed, and cut, on their way. */
export const bytes =
  (
    dialect: Dialect,
    change: (body: Buffer) => Buffer,
    headers: Readonly<Record<string, string>> = {},
    cut = 65_536,
  ) =>
  (exchange: Exchange) => {
    const body = exchange.isStream ? Buffer.concat(dialect.frames(GOOD)) : Buffer.from(dialect.whole(GOOD));
    const changed = change(body);
    begin(exchange, {
      'content-type': exchange.isStream ? dialect.streamType : 'application/json',
      ...headers,
    });
    for (let at = 0; at < changed.length; at += cut) chunk(exchange, changed.subarray(at, at + cut));
    finish(exchange);
  };

export const endless =
  (dialect: Dialect): Script =>
  async (exchange) => {
    await headersOnly(dialect)(exchange);
    const frames = exchange.isStream ? dialect.frames({ text: ['x'.repeat(400_000)], end: null }) : [];
    const more = exchange.isStream ? Buffer.concat(frames) : Buffer.alloc(400_000, ' ');
    for (let sent = 0; sent < 12_000_000 && !exchange.socket.destroyed; sent += more.length) {
      chunk(exchange, more);
      await new Promise((resolve) => setImmediate(resolve));
    }
  };

export const errorInStream =
  (name: string) =>
  (dialect: Dialect): Script =>
  (exchange) => {
    if (!exchange.isStream) return refuse(dialect, 500, name)(exchange);
    begin(exchange, { 'content-type': dialect.streamType });
    for (const frame of dialect.frames({ output: [CLAIMS[0]], end: null })) chunk(exchange, frame);
    chunk(exchange, dialect.errorFrame(name));
    finish(exchange);
  };
