import type { Duplex } from 'node:stream';
import type { Logger } from 'pino';
import type { RawData, WebSocket } from 'ws';
import { type Fault, fault, type Principal } from '../../../agents/contracts/index.js';
import type { Runtime } from '../../engine/runtime.js';
import { decodeJson, refuseHostile } from '../common/json.js';
import { toFault } from '../common/problem.js';
import { parseWith } from '../common/validation.js';
import type { RunRate } from '../threads/run-rate.js';
import { commandSchema } from './commands.contract.js';
import { type CommandOutcome, perform } from './commands.js';
import type { Connections } from './connections.js';
import { errorReply, successReply } from './frames.js';
import { createOutbox, type Outbox } from './outbox.js';
import { createThreadFeed, lastSeqOf } from './thread-feed.js';

const PING_SECONDS = 20;
/** A reader this long behind is closed; the contract allows 10 s. */
const BEHIND_SECONDS = 8;
/** With this many commands unanswered, or answers unread, the socket is not read any further. */
const MAX_IN_FLIGHT = 16;

export const CLOSE = { goingAway: 1001, internal: 1011, overloaded: 1013 } as const;

/** What the upgrade settled about a socket. */
export interface Admission {
  readonly threadId: string;
  readonly principal: Principal;
  /** The connection below the socket, for corking. */
  readonly connection: Duplex;
}

export interface SessionOptions extends Admission {
  readonly socket: WebSocket;
  readonly runtime: Runtime;
  readonly rate: RunRate;
  readonly connections: Connections;
  readonly log: Logger;
}

const bytesOf = (data: RawData): Uint8Array =>
  Array.isArray(data) ? Buffer.concat(data) : data instanceof ArrayBuffer ? new Uint8Array(data) : data;

/** Serves one socket of one thread until it closes. */
export function openSession(options: SessionOptions): void {
  const { socket, connection, connections, runtime, rate, principal, threadId, log } = options;
  let inFlight = 0;
  let answered = true;
  let behind = false;
  let giveUp = (): void => {};

  /** A peer that asks faster than it reads is not heard until it has caught up. */
  const listen = (): void => {
    if (inFlight >= MAX_IN_FLIGHT || behind) socket.pause();
    else socket.resume();
  };

  const fail = (error: unknown): void => {
    if (socket.readyState !== socket.OPEN) return;
    log.error({ err: error }, 'socket failed');
    socket.close(CLOSE.internal, 'internal error');
  };

  const outbox: Outbox = createOutbox(
    {
      pending: () => socket.bufferedAmount,
      write: (frame) => socket.send(frame),
      batch(writes) {
        connection.cork();
        writes();
        connection.uncork();
      },
    },
    {
      onBehind() {
        behind = true;
        listen();
        giveUp = connections.wheel.every(BEHIND_SECONDS, () => {
          giveUp();
          connections.slowReaders += 1;
          feed.close();
          socket.resume();
          outbox.close();
          socket.close(CLOSE.overloaded, 'reader too slow');
        });
      },
      onCaughtUp() {
        giveUp();
        behind = false;
        listen();
        feed.resume().catch(fail);
      },
    },
  );
  const feed = createThreadFeed({ runtime, threadId, principal, outbox });

  const refuse = async (id: number | null, error: Fault): Promise<void> => {
    if (error.code === 'INTERNAL') log.error({ err: error.cause ?? error }, 'command failed');
    const applied = await lastSeqOf(runtime, threadId, principal);
    outbox.push(JSON.stringify(errorReply(id, error, applied)));
  };

  const answer = async (data: RawData, isBinary: boolean): Promise<void> => {
    let id: number | null = null;
    let afterReply: CommandOutcome['afterReply'];
    try {
      if (isBinary) throw fault('INVALID_JSON', { detail: 'A binary frame is not a command; send text.' });
      const value = decodeJson(bytesOf(data));
      id = idOf(value);
      refuseHostile(value);
      const command = parseWith(commandSchema, value);
      const outcome = await perform(command, { runtime, rate, principal, threadId, feed });
      const applied = outcome.seq ?? (await lastSeqOf(runtime, threadId, principal));
      outbox.push(JSON.stringify(successReply(command.id, outcome.result, applied)));
      afterReply = outcome.afterReply;
    } catch (error) {
      return refuse(id, toFault(error));
    }
    await afterReply?.();
  };

  const receive = (data: RawData, isBinary: boolean): void => {
    inFlight += 1;
    listen();
    // What fails outside a command, such as a feed that cannot open, ends the socket: its client resumes by cursor.
    void answer(data, isBinary)
      .catch(fail)
      .finally(() => {
        inFlight -= 1;
        listen();
      });
  };

  const stopPings = connections.wheel.every(PING_SECONDS, () => {
    if (!answered) return socket.terminate();
    answered = false;
    socket.ping();
  });

  connection.on('drain', outbox.drained);
  socket.on('pong', () => {
    answered = true;
  });
  socket.on('message', receive);
  // Protocol violations and resets: ws closes with the right code itself, `close` follows.
  socket.on('error', (error) => log.debug({ err: error }, 'socket error'));
  socket.on('close', () => {
    stopPings();
    giveUp();
    feed.close();
    outbox.close();
  });
}

/** The id of a frame that is wrong otherwise, so that its refusal still finds its sender. */
function idOf(value: unknown): number | null {
  const id = commandSchema.pick({ id: true }).safeParse(value);
  return id.success ? id.data.id : null;
}
