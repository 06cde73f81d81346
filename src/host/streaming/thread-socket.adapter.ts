import type { IncomingMessage, Server } from 'node:http';
import type { Duplex } from 'node:stream';
import type { WsMessageHandler } from '@nestjs/common';
import { AbstractWsAdapter } from '@nestjs/websockets';
import { WebSocketServer } from 'ws';
import { ERROR_CATALOGUE, type Fault, fault } from '../../../agents/contracts/index.js';
import { chooseSubprotocol, type Gate } from '../auth/gate.js';
import { CORRELATION_HEADER, correlationIdOf } from '../common/correlation.js';
import { problemHeaders, toFault, toProblem } from '../common/problem.js';
import { parseWith } from '../common/validation.js';
import { threadIdSchema } from '../threads/run-input.contract.js';
import { type Admission, CLOSE } from './session.js';
import type { Wheel } from './wheel.js';

const MAX_MESSAGE_BYTES = 1024 * 1024;
/** Sockets that one principal may hold open. */
const MAX_SOCKETS = 4_096;
/** Time for clients to answer a close while the host goes down. */
const GRACE_SECONDS = 2;
const PATH = /^\/threads\/([^/]+)\/stream(?:\/events)?$/;

/** @throws `NOT_FOUND`, or `VALIDATION_FAILED` for an id that cannot be one */
function threadIdOf(url: string): string {
  const found = PATH.exec(url.split('?', 1)[0] ?? '')?.[1];
  if (found === undefined) throw fault('NOT_FOUND');
  try {
    return parseWith(threadIdSchema, decodeURIComponent(found));
  } catch (error) {
    throw error instanceof URIError ? fault('INVALID_ARGUMENT', { cause: error }) : error;
  }
}

/** Answers an upgrade with a status and a problem body instead of 101. */
function refuse(connection: Duplex, request: IncomingMessage, error: Fault): void {
  const correlationId = correlationIdOf(request);
  const body = JSON.stringify(toProblem(error, correlationId));
  const headers = {
    connection: 'close',
    'content-length': Buffer.byteLength(body),
    [CORRELATION_HEADER]: correlationId,
    ...problemHeaders(error),
  };
  const { status, title } = ERROR_CATALOGUE[error.code];
  const lines = Object.entries(headers).map(([name, value]) => `${name}: ${value}\r\n`);
  connection.end(`HTTP/1.1 ${status} ${title}\r\n${lines.join('')}\r\n${body}`);
}

/**
 * Raw WebSockets on the protocol's own paths. Who may come in is settled before 101: Nest's adapter knows exact paths
 * only and ends what it refuses without an answer. Gateways get each socket with its {@link Admission}.
 */
export class ThreadSocketAdapter extends AbstractWsAdapter {
  readonly #open = new Map<string, number>();
  #draining = false;

  constructor(
    private readonly http: Server,
    private readonly gate: Gate,
    private readonly wheel: Wheel,
  ) {
    super(http);
  }

  create(): WebSocketServer {
    const server = new WebSocketServer({
      noServer: true,
      maxPayload: MAX_MESSAGE_BYTES,
      perMessageDeflate: false,
      // Invalid UTF-8 gets a typed reply from the session instead of a bare close.
      skipUTF8Validation: true,
      handleProtocols: chooseSubprotocol,
    });
    server.on('wsClientError', (_, connection, request) =>
      refuse(connection, request, fault('INVALID_ARGUMENT')),
    );
    this.http.on('upgrade', (request, connection, head) => this.#upgrade(server, request, connection, head));
    return server;
  }

  /** Sessions dispatch their own commands; a gateway declares no message handlers. */
  bindMessageHandlers(_client: unknown, _handlers: WsMessageHandler[]): void {}

  override async close(server: WebSocketServer): Promise<void> {
    this.#draining = true;
    for (const socket of server.clients) socket.close(CLOSE.goingAway, 'the host is shutting down');
    this.wheel.every(GRACE_SECONDS, () => {
      for (const socket of server.clients) socket.terminate();
    });
    await new Promise((resolve) => server.close(resolve));
  }

  #upgrade(server: WebSocketServer, request: IncomingMessage, connection: Duplex, head: Buffer): void {
    // A peer that resets before the upgrade is through must not take the process with it.
    const ignore = () => connection.destroy();
    connection.on('error', ignore);
    try {
      const admission = this.#admit(request, connection);
      server.handleUpgrade(request, connection, head, (socket) => {
        connection.off('error', ignore);
        this.#count(admission.principal.id, 1);
        socket.once('close', () => this.#count(admission.principal.id, -1));
        server.emit('connection', socket, admission);
      });
    } catch (error) {
      refuse(connection, request, toFault(error));
    }
  }

  #admit(request: IncomingMessage, connection: Duplex): Admission {
    this.gate.checkSite(request);
    const principal = this.gate.identify(request.headers);
    const threadId = threadIdOf(request.url ?? '');
    if (this.#draining) throw fault('DRAINING', { retryAfterSeconds: 5 });
    if ((this.#open.get(principal.id) ?? 0) >= MAX_SOCKETS)
      throw fault('RATE_LIMITED', {
        detail: `More than ${MAX_SOCKETS} sockets are open.`,
        retryAfterSeconds: 10,
      });
    return { threadId, principal, connection };
  }

  #count(principal: string, change: number): void {
    const open = (this.#open.get(principal) ?? 0) + change;
    if (open > 0) this.#open.set(principal, open);
    else this.#open.delete(principal);
  }
}
