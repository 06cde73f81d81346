import { once } from 'node:events';
import { createServer as createHttpServer, type RequestListener } from 'node:http';
import { createServer as createHttpsServer } from 'node:https';
import { connect, createServer, type Server, type Socket } from 'node:net';
import { Worker } from 'node:worker_threads';
import type { Issued } from '../certificates.js';
import { type Listening, listen } from '../loopback.js';

/** Something that stands, or does not stand, behind a port of the simulated world. */
export type Service = () => Promise<Listening>;

/** A web server's answer to each request. */
export type Page = RequestListener;

export interface WebOptions {
  /** Leaf first; without one the server speaks plain HTTP. */
  readonly certificates?: readonly Issued[];
  readonly page?: Page;
  /** Milliseconds that the server lets pass before it begins the TLS handshake. */
  readonly handshakeAfterMs?: number;
}

const welcome: Page = (_, response) => response.end('Welcome');

/** Answers every request with this status. */
export const status =
  (code: number): Page =>
  (_, response) =>
    response.writeHead(code).end();

/** Lets the first byte of the answer wait. */
export const slow =
  (afterMs: number): Page =>
  (_, response) => {
    const timer = setTimeout(() => response.end('Welcome'), afterMs);
    response.on('close', () => clearTimeout(timer));
  };

/** Sends every request on to where `location` says, which may depend on the path and on the host that was asked. */
export const redirect =
  (location: (path: string, host: string) => string): Page =>
  (request, response) =>
    response.writeHead(302, { location: location(request.url ?? '/', request.headers.host ?? '') }).end();

/** Holds each new connection back before the server may see it. */
function behindDelay(server: Server, afterMs: number): Server {
  return createServer((socket) => {
    const timer = setTimeout(() => server.emit('connection', socket), afterMs);
    socket.on('close', () => clearTimeout(timer));
  });
}

export const web =
  ({ certificates = [], page = welcome, handshakeAfterMs = 0 }: WebOptions = {}): Service =>
  () => {
    const [leaf] = certificates;
    if (!leaf) return listen(createHttpServer(page));
    const cert = certificates.map(({ pem }) => pem).join('');
    const key = leaf.key.export({ type: 'pkcs8', format: 'pem' });
    const server = createHttpsServer({ cert, key }, page);
    return listen(handshakeAfterMs > 0 ? behindDelay(server, handshakeAfterMs) : server);
  };

/** Does with each connection what `behave` says. */
export const tcp =
  (behave: (socket: Socket) => void = () => {}): Service =>
  () =>
    listen(createServer(behave));

/** Speaks SMTP as far as a greeting, `EHLO` and `QUIT` go. */
export const smtp = (greeting: string): Service =>
  tcp((socket) => {
    socket.write(`${greeting}\r\n`);
    socket.on('data', (data) => {
      const isEnd = /^quit/i.test(data.toString('latin1'));
      socket[isEnd ? 'end' : 'write'](isEnd ? '221 Bye\r\n' : '250-mail\r\n250 STARTTLS\r\n');
    });
  });

/** A port that refuses, and that nobody else can take meanwhile: a connection of ours occupies it. */
export const refused: Service = async () => {
  const anchor = await listen(createServer());
  const holder = connect(anchor.port, '127.0.0.1');
  await once(holder, 'connect');
  return {
    port: holder.localPort ?? 0,
    connections: () => 0,
    async close() {
      holder.on('error', () => {}).destroy();
      await anchor.close();
    },
  };
};

/** Listens with the shortest queue and never accepts: a thread that sleeps cannot. */
const DEAF = `
  const { createServer } = require('node:net');
  const { parentPort } = require('node:worker_threads');
  const server = createServer().listen({ port: 0, host: '127.0.0.1', backlog: 1 }, () => {
    parentPort.postMessage(server.address().port);
    setImmediate(() => Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0));
  });
`;
/** A queue of n holds n + 1 connections (Linux), after which the kernel drops what comes, as a packet filter does. */
const QUEUED = 2;

/** A port from which no answer comes. */
export const filtered: Service = async () => {
  const worker = new Worker(DEAF, { eval: true });
  const [port] = (await once(worker, 'message')) as [number];
  const waiting = Array.from({ length: QUEUED }, () => connect(port, '127.0.0.1'));
  await Promise.all(waiting.map((socket) => once(socket, 'connect')));
  return {
    port,
    connections: () => 0,
    async close() {
      for (const socket of waiting) socket.on('error', () => {}).destroy();
      await worker.terminate();
    },
  };
};
