import type { FastifyReply } from 'fastify';
import type { Connections } from './connections.js';
import { createOutbox, type Outbox, type Wire } from './outbox.js';

const HEARTBEAT_SECONDS = 5;
const BEHIND_SECONDS = 8;

/** One server-sent event. */
export interface ServerSentEvent {
  readonly id?: string | undefined;
  readonly event?: string;
  /** JSON without line breaks. */
  readonly data: string;
}

const encode = ({ id, event, data }: ServerSentEvent): string =>
  `${id === undefined ? '' : `id: ${id}\n`}${event === undefined ? '' : `event: ${event}\n`}data: ${data}\n\n`;

/** A reply that became a stream of server-sent events. */
export interface EventStream {
  send(event: ServerSentEvent): void;
  /** An outbox whose frames `write` turns into events; a reader too slow for it is cut off. */
  outbox(write: Wire['write'], onCaughtUp: () => void): Outbox;
  end(): void;
  readonly closed: Promise<void>;
}

/** Takes the reply over from the framework; headers set so far go out with it. Heartbeats keep it alive. */
export function openEventStream(reply: FastifyReply, connections: Connections): EventStream {
  const { promise: closed, resolve } = Promise.withResolvers<void>();
  const { raw } = reply;
  reply.hijack();
  for (const [name, value] of Object.entries(reply.getHeaders()))
    if (value !== undefined) raw.setHeader(name, value);
  raw.writeHead(200, {
    'content-type': 'text/event-stream; charset=utf-8',
    'cache-control': 'no-store',
    'x-accel-buffering': 'no',
    // A stream ends with its connection: an idle one would hold up a host that is shutting down.
    connection: 'close',
  });
  raw.flushHeaders();
  connections.streams.add(raw);
  let giveUp = (): void => {};
  const stopHeartbeats = connections.wheel.every(HEARTBEAT_SECONDS, () => raw.write(': heartbeat\n\n'));
  raw.on('close', () => {
    stopHeartbeats();
    giveUp();
    connections.streams.delete(raw);
    resolve();
  });
  raw.on('error', () => raw.destroy());

  return {
    closed,
    send: (event) => raw.write(encode(event)),
    end() {
      // Ended inside a corked batch, a chunked response would send its last chunk before those of the batch.
      while (raw.writableCorked > 0) raw.uncork();
      raw.end();
    },
    outbox(write, onCaughtUp) {
      const outbox = createOutbox(
        {
          pending: () => raw.writableLength,
          write,
          batch(writes) {
            raw.cork();
            writes();
            raw.uncork();
          },
        },
        {
          onBehind() {
            giveUp = connections.wheel.every(BEHIND_SECONDS, () => {
              connections.slowReaders += 1;
              raw.destroy();
            });
          },
          onCaughtUp() {
            giveUp();
            onCaughtUp();
          },
        },
      );
      raw.on('drain', outbox.drained);
      raw.on('close', outbox.close);
      return outbox;
    },
  };
}
