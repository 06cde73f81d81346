import { once } from 'node:events';
import type { IncomingMessage } from 'node:http';
import { type ClientOptions, WebSocket } from 'ws';
import { z } from 'zod';

export const frameSchema = z.looseObject({
  type: z.string(),
  id: z.number().nullish(),
  method: z.string().optional(),
  seq: z.number().optional(),
  event_id: z.string().optional(),
  error: z.string().optional(),
  code: z.string().optional(),
  result: z.looseObject({ run_id: z.string().optional(), subscription_id: z.string().optional() }).optional(),
  params: z.looseObject({ data: z.unknown() }).optional(),
});
export type Frame = z.infer<typeof frameSchema>;

/** A client that does nothing by itself: sends what it is told and keeps what it gets. */
export interface RawSocket {
  readonly socket: WebSocket;
  readonly frames: readonly Frame[];
  /** Sends a command and resolves with its reply. */
  command(method: string, params?: object): Promise<Frame>;
  /** Resolves with the first frame, past or future, that fits. */
  find(fits: (frame: Frame) => boolean): Promise<Frame>;
  readonly closed: Promise<{ code: number; reason: string }>;
  close(): Promise<void>;
}

let lastId = 0;

/** Opens a socket on a thread; rejects with the HTTP answer where the upgrade is refused. */
export async function openSocket(
  url: string,
  threadId: string,
  options: ClientOptions & { protocols?: string[]; query?: string } = {},
): Promise<RawSocket> {
  const { protocols = [], query = '', ...clientOptions } = options;
  const address = `${url.replace(/^http/, 'ws')}/threads/${threadId}/stream/events${query}`;
  const socket = new WebSocket(address, protocols, clientOptions);
  const frames: Frame[] = [];
  const waiting = new Set<() => void>();
  socket.on('message', (data) => {
    frames.push(frameSchema.parse(JSON.parse(String(data))));
    for (const look of waiting) look();
  });
  const closed = new Promise<{ code: number; reason: string }>((resolve) => {
    socket.on('close', (code, reason) => resolve({ code, reason: reason.toString() }));
  });
  await opened(socket);

  const find = (fits: (frame: Frame) => boolean): Promise<Frame> =>
    new Promise((resolve) => {
      const look = () => {
        const found = frames.find(fits);
        if (!found) return;
        waiting.delete(look);
        resolve(found);
      };
      waiting.add(look);
      look();
    });

  return {
    socket,
    frames,
    find,
    closed,
    command(method, params = {}) {
      lastId += 1;
      const id = lastId;
      socket.send(JSON.stringify({ id, method, params }));
      return find((frame) => frame.type !== 'event' && frame.id === id);
    },
    async close() {
      socket.close(1000);
      await closed;
    },
  };
}

/** An upgrade that was answered with a status instead of 101. */
export class UpgradeRefused extends Error {
  constructor(
    readonly status: number,
    readonly headers: IncomingMessage['headers'],
    readonly problem: unknown,
  ) {
    super(`refused with ${status}`);
  }
}

async function opened(socket: WebSocket): Promise<void> {
  const refused = new Promise<never>((_, reject) => {
    socket.on('unexpected-response', (_request, response: IncomingMessage) => {
      const chunks: Buffer[] = [];
      response.on('data', (chunk) => chunks.push(chunk));
      response.on('end', () => {
        const problem: unknown = JSON.parse(Buffer.concat(chunks).toString());
        reject(new UpgradeRefused(response.statusCode ?? 0, response.headers, problem));
      });
    });
  });
  await Promise.race([once(socket, 'open'), refused]);
}

const terminalEvents: readonly unknown[] = ['completed', 'failed', 'interrupted'];

/** True for the event that ends a run. */
export const isTerminal = (frame: Frame): boolean =>
  frame.method === 'lifecycle' &&
  terminalEvents.includes(z.looseObject({ event: z.unknown() }).parse(frame.params?.data).event);
