import { Agent, type IncomingMessage, request } from 'node:http';

export interface Reply {
  readonly status: number;
  readonly body: string;
}

/** Posts JSON over kept connections. */
export function createCaller(port: number, connections: number) {
  const agent = new Agent({ keepAlive: true, maxSockets: connections });
  const post = (
    path: string,
    body: unknown,
    headers: Readonly<Record<string, string>> = {},
  ): Promise<Reply> => {
    const text = JSON.stringify(body);
    const { promise, resolve, reject } = Promise.withResolvers<Reply>();
    const sent = request(
      {
        agent,
        host: '127.0.0.1',
        port,
        path,
        method: 'POST',
        headers: {
          'content-type': 'application/json',
          'content-length': Buffer.byteLength(text),
          ...headers,
        },
      },
      (response: IncomingMessage) => {
        const pieces: Buffer[] = [];
        response.on('data', (piece: Buffer) => pieces.push(piece));
        response.on('error', reject);
        response.on('end', () =>
          resolve({ status: response.statusCode ?? 0, body: Buffer.concat(pieces).toString() }),
        );
      },
    );
    sent.on('error', reject);
    sent.end(text);
    return promise;
  };
  return { post, close: () => agent.destroy() };
}
