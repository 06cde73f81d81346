import { once } from 'node:events';
import { type AddressInfo, connect, createServer, type Socket } from 'node:net';

/** A TCP proxy that cuts every connection when told to, as a bad network would. */
export interface CuttingProxy {
  readonly url: string;
  /** Cuts all connections once `bytes` more have reached clients. */
  cutAfter(bytes: number): void;
  readonly cuts: number;
  /** New connections go to this port. */
  pointTo(port: number): void;
  close(): Promise<void>;
}

export async function startCuttingProxy(firstPort: number): Promise<CuttingProxy> {
  const open = new Set<Socket>();
  let left = Number.POSITIVE_INFINITY;
  let cuts = 0;
  let port = firstPort;

  const cut = () => {
    left = Number.POSITIVE_INFINITY;
    cuts += 1;
    for (const socket of open) socket.destroy();
  };

  const server = createServer((client) => {
    const upstream = connect(port, '127.0.0.1');
    for (const socket of [client, upstream]) {
      open.add(socket);
      socket.on('error', () => socket.destroy());
      socket.on('close', () => {
        open.delete(socket);
        client.destroy();
        upstream.destroy();
      });
    }
    client.pipe(upstream);
    upstream.on('data', (chunk: Buffer) => {
      // The first part of a chunk still arrives: a cut falls into the middle of a frame.
      client.write(chunk.subarray(0, left));
      left -= chunk.length;
      if (left <= 0) cut();
    });
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address() as AddressInfo;

  return {
    url: `http://127.0.0.1:${address.port}`,
    cutAfter(bytes) {
      left = bytes;
    },
    pointTo(next) {
      port = next;
    },
    get cuts() {
      return cuts;
    },
    async close() {
      cut();
      server.close();
      await once(server, 'close');
    },
  };
}
