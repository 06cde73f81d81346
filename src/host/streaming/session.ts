import type { Duplex } from 'node:stream';
import type { Logger } from 'pino';
import type { RawData, WebSocket } from 'ws';
import { type Fault, fault, type Principal } from '../../../agents/contracts/index.js';
import type { Runtime } from '../../engine/runtime.js';
import { parseJson } from '../common/json.js';
import { toFault } from '../common/problem.js';
import { parseWith } from '../common/validation.js';
import { commandSchema } from './commands.contract.js';
import { perform } from './commands.js';
import { errorReply, successReply } from './frames.js';
import { createOutbox, type Outbox } from './outbox.js';
import { createThreadFeed, lastSeqOf } from './thread-feed.js';
import type { Wheel } from './wheel.js';

const PING_SECONDS = 20;
/** A reader this long behind is closed; the contract allows 10 s. */
const BEHIND_SECONDS = 8;
/** With this many commands unanswered the socket is not read any further. */
const MAX_IN_FLIGHT = 32;

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
  readonly wheel: Wheel;
  readonly log: Logger;
}

const bytesOf = (data: RawData): Uint8Array =>
  Array.isArray(data) ? Buffer.concat(data) : data instanceof ArrayBuffer ? new Uint8Array(data) : data;

/** Serves one socket of one thread until it closes. */
export function openSession(options: SessionOptions): void {
  const { socket, connection, runtime, wheel, principal, threadId, log } = options;
  let inFlight = 0;
  let answered = true;
  let giveUp = (): void => {};

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
        giveUp = wheel.every(BEHIND_SECONDS, () => {
          outbox.close();
          socket.close(CLOSE.overloaded, 'reader too slow');
        });
      },
      onCaughtUp() {
        giveUp();
        feed.resume().catch(fail);
      },
    },
  );
  const feed = createThreadFeed({ runtime, threadId, principal, outbox });

  const refuse = (id: number | null, error: Fault): void => {
    if (error.code === 'INTERNAL') log.error({ err: error.cause ?? error }, 'command failed');
    outbox.push(JSON.stringify(errorReply(id, error)));
  };

  const answer = async (command: {
    id: number;
    method: string;
    params?: Record<string, unknown> | null | undefined;
  }) => {
    try {
      const { result, seq, afterReply } = await perform(command, { runtime, principal, threadId, feed });
      const applied = seq ?? (await lastSeqOf(runtime, threadId, principal));
      outbox.push(JSON.stringify(successReply(command.id, result, applied)));
      await afterReply?.();
    } catch (error) {
      refuse(command.id, toFault(error));
    }
  };

  const receive = (data: RawData, isBinary: boolean): void => {
    let id: number | null = null;
    try {
      if (isBinary) throw fault('INVALID_JSON', { detail: 'A binary frame is not a command; send text.' });
      const value = parseJson(bytesOf(data));
      id = idOf(value);
      const command = parseWith(commandSchema, value);
      inFlight += 1;
      if (inFlight === MAX_IN_FLIGHT) socket.pause();
      void answer(command).finally(() => {
        inFlight -= 1;
        if (inFlight === MAX_IN_FLIGHT - 1) socket.resume();
      });
    } catch (error) {
      refuse(id, toFault(error));
    }
  };

  const stopPings = wheel.every(PING_SECONDS, () => {
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
