import { once } from 'node:events';
import { createServer, type IncomingHttpHeaders, type Server } from 'node:http';
import { createServer as createTlsServer } from 'node:https';
import type { AddressInfo, Socket } from 'node:net';
import { issue } from '../../network/testing/certificates.js';

/** One request that reached the fake provider, and the raw socket to answer it on. */
export interface Exchange {
  readonly path: string;
  readonly headers: IncomingHttpHeaders;
  /** The request's body, parsed. */
  readonly body: Record<string, unknown>;
  readonly isStream: boolean;
  readonly socket: Socket;
  /** Resolves once the other side has closed the connection. */
  readonly closed: Promise<void>;
}

export type Script = (exchange: Exchange) => void | Promise<void>;

export interface FakeProvider {
  readonly url: string;
  readonly requests: readonly Exchange[];
  /** Scripts of the next requests in order; the last one answers all that follow. */
  script(...scripts: readonly Script[]): void;
  close(): Promise<void>;
}

/** A provider that says byte for byte what its script says, over a real socket on 127.0.0.1. */
export async function startFakeProvider(options: { tls?: boolean } = {}): Promise<FakeProvider> {
  const requests: Exchange[] = [];
  const sockets = new Set<Socket>();
  let scripts: readonly Script[] = [];
  let next = 0;
  const server: Server = options.tls ? createTlsServer(ownCertificate()) : createServer();
  server.on('connection', (socket: Socket) => {
    sockets.add(socket);
    socket.on('error', () => undefined);
    socket.on('close', () => sockets.delete(socket));
  });
  server.on('request', async (request) => {
    const chunks: Buffer[] = [];
    for await (const chunk of request) chunks.push(chunk);
    const text = Buffer.concat(chunks).toString('utf8');
    const body = text === '' ? {} : JSON.parse(text);
    const path = request.url ?? '';
    const { socket } = request;
    const exchange: Exchange = {
      ...{ path, body, socket },
      headers: request.headers,
      isStream: body.stream === true || path.endsWith('/converse-stream'),
      closed: new Promise((resolve) => socket.once('close', () => resolve())),
    };
    requests.push(exchange);
    const script = scripts[Math.min(next, scripts.length - 1)];
    next += 1;
    await script?.(exchange);
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  return {
    url: `${options.tls ? 'https' : 'http'}://127.0.0.1:${port}`,
    requests,
    script(...given) {
      scripts = given;
      next = 0;
      requests.length = 0;
    },
    async close() {
      for (const socket of sockets) socket.destroy();
      server.close();
      await once(server, 'close');
    },
  };
}

function ownCertificate() {
  const { pem, key } = issue({ name: 'localhost', dnsNames: ['localhost'] });
  return { cert: pem, key: key.export({ type: 'pkcs8', format: 'pem' }) };
}

/** A whole HTTP reply, and the end of the connection. */
export const answer =
  (status: number, headers: Readonly<Record<string, string>>, body: string | Uint8Array = ''): Script =>
  ({ socket }) => {
    socket.write(head(status, { ...headers, 'content-length': String(Buffer.byteLength(body)) }));
    socket.end(body);
  };

/** Begins a reply of unknown length; what follows goes through {@link chunk}. */
export function begin({ socket }: Exchange, headers: Readonly<Record<string, string>>): void {
  socket.write(head(200, { ...headers, 'transfer-encoding': 'chunked' }));
}

/** One chunk of such a reply. */
export function chunk({ socket }: Exchange, bytes: string | Uint8Array): void {
  if (bytes.length === 0) return;
  socket.write(`${Buffer.byteLength(bytes).toString(16)}\r\n`);
  socket.write(bytes);
  socket.write('\r\n');
}

/** Ends such a reply as HTTP wants it. */
export const finish = ({ socket }: Exchange): void => {
  socket.end('0\r\n\r\n');
};

function head(status: number, headers: Readonly<Record<string, string>>): string {
  const lines = Object.entries({ connection: 'close', ...headers }).map(
    ([name, value]) => `${name}: ${value}`,
  );
  return `HTTP/1.1 ${status} Scripted\r\n${lines.join('\r\n')}\r\n\r\n`;
}
