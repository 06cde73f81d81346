import type { ProviderClient } from '../provider.js';
import { answer, begin, chunk, type Exchange, finish, type Script } from './fake-provider.fixture.js';

export type Ending = 'stop' | 'tools' | 'length' | 'filter' | 'refusal' | 'guardrail' | 'context' | 'unknown';

export interface SaidCall {
  readonly id?: string;
  readonly name?: string;
  /** Raw arguments, in pieces where they are streamed so. */
  readonly args: readonly string[];
}

/** What a scripted model says, apart from how its provider writes it. */
export interface Said {
  readonly text?: readonly string[];
  /** Structured output as raw JSON in pieces: text with OpenAI, arguments of the reply's tool with Bedrock. */
  readonly output?: readonly string[];
  readonly calls?: readonly SaidCall[];
  /** Null: no terminal marker. Otherwise by default what fits. */
  readonly end?: Ending | null;
  /** Null: none is reported. */
  readonly usage?: { readonly input: unknown; readonly output: unknown } | null;
}

/** How a provider writes what a model says, byte for byte. */
export interface Dialect {
  readonly name: 'openai' | 'bedrock';
  client(url: string): ProviderClient;
  readonly streamType: string;
  /** Frames of a streamed reply, in order. */
  frames(said: Said): readonly Uint8Array[];
  /** A reply in one piece. */
  whole(said: Said): string;
  /** An error as the body, and headers, of an HTTP reply. */
  refusal(name: string, message?: string): { headers: Readonly<Record<string, string>>; body: string };
  /** The same inside a stream. */
  errorFrame(name: string): Uint8Array;
}

export const USAGE = { input: 120, output: 30 } as const;

/** Says it, whole and well. */
export const say =
  (dialect: Dialect, said: Said): Script =>
  (exchange) => {
    if (!exchange.isStream)
      return answer(200, { 'content-type': 'application/json' }, dialect.whole(said))(exchange);
    begin(exchange, { 'content-type': dialect.streamType });
    for (const frame of dialect.frames(said)) chunk(exchange, frame);
    finish(exchange);
  };

const BREAKS = {
  end: ({ socket }: Exchange) => socket.end(),
  reset: ({ socket }: Exchange) => socket.resetAndDestroy(),
  stall: () => undefined,
} as const;

/**
 * Says all of it but the end: a stream without its terminal marker, or half of a body. Then the connection ends as HTTP
 * wants it (`finish`), is closed, is reset, or says no more.
 */
export const breakOff =
  (dialect: Dialect, said: Said, how: keyof typeof BREAKS | 'finish'): Script =>
  async (exchange) => {
    const { socket } = exchange;
    if (exchange.isStream) {
      begin(exchange, { 'content-type': dialect.streamType });
      for (const frame of dialect.frames({ ...said, end: null })) chunk(exchange, frame);
    } else {
      const body = Buffer.from(dialect.whole(said));
      socket.write(
        `HTTP/1.1 200 OK\r\ncontent-type: application/json\r\ncontent-length: ${body.length}\r\n\r\n`,
      );
      socket.write(body.subarray(0, body.length >> 1));
    }
    // The bytes must be read before a reset drops them.
    await new Promise((resolve) => setTimeout(resolve, 20));
    if (how === 'finish' && exchange.isStream) finish(exchange);
    else BREAKS[how === 'finish' ? 'end' : how](exchange);
  };

/** Refuses with a status and the provider's own name for it. */
export const refuse =
  (
    dialect: Dialect,
    status: number,
    name: string,
    headers: Readonly<Record<string, string>> = {},
    message = 'scripted',
  ): Script =>
  (exchange) => {
    const refusal = dialect.refusal(name, message);
    return answer(
      status,
      { 'content-type': 'application/json', ...refusal.headers, ...headers },
      refusal.body,
    )(exchange);
  };
