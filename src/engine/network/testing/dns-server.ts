import { createSocket, type RemoteInfo } from 'node:dgram';
import { once } from 'node:events';
import type { AddressInfo } from 'node:net';

/** What the server does with a question: answer with records, with a response code, later, or not at all. */
export type DnsReply =
  | { readonly records: readonly { readonly type: number; readonly data: Buffer }[] }
  | { readonly rcode: 'NOERROR' | 'SERVFAIL' | 'NXDOMAIN' | 'REFUSED' }
  | { readonly afterMs: number; readonly reply: DnsReply }
  | 'silence';

export interface DnsServer {
  /** `127.0.0.1:PORT`. */
  readonly address: string;
  /** Each question as `name type`, in order. */
  readonly questions: string[];
  close(): Promise<void>;
}

const RCODES = { NOERROR: 0, SERVFAIL: 2, NXDOMAIN: 3, REFUSED: 5 } as const;
const TYPES: Readonly<Record<number, string>> = {
  1: 'A',
  2: 'NS',
  5: 'CNAME',
  6: 'SOA',
  12: 'PTR',
  15: 'MX',
  16: 'TXT',
  28: 'AAAA',
};

/** The empty name is the root. */
const nameBytes = (name: string) =>
  Buffer.concat([
    ...(name === '' ? [] : name.split('.')).map((label) =>
      Buffer.from([label.length, ...Buffer.from(label)]),
    ),
    Buffer.from([0]),
  ]);

export const a = (address: string) => ({ type: 1, data: Buffer.from(address.split('.').map(Number)) });
/** Takes the 16 bytes as eight groups, without `::`. */
export const aaaa = (groups: string) => ({
  type: 28,
  data: Buffer.from(
    groups
      .split(':')
      .map((group) => group.padStart(4, '0'))
      .join(''),
    'hex',
  ),
});
export const mx = (priority: number, exchange: string) => ({
  type: 15,
  data: Buffer.concat([Buffer.from([priority >> 8, priority & 255]), nameBytes(exchange)]),
});
export const txt = (text: string) => ({
  type: 16,
  data: Buffer.concat([Buffer.from([text.length]), Buffer.from(text)]),
});
export const cname = (name: string) => ({ type: 5, data: nameBytes(name) });
export const ptr = (name: string) => ({ type: 12, data: nameBytes(name) });

function readQuestion(message: Buffer): { name: string; type: string; end: number } {
  const labels: string[] = [];
  let at = 12;
  for (let length = message[at] ?? 0; length > 0; length = message[at] ?? 0) {
    labels.push(message.toString('latin1', at + 1, at + 1 + length));
    at += 1 + length;
  }
  return {
    name: labels.join('.').toLowerCase(),
    type: TYPES[message.readUInt16BE(at + 1)] ?? '?',
    end: at + 5,
  };
}

/** A real DNS server over UDP on loopback that answers as `answer` says and writes down what it was asked. */
export async function startDnsServer(answer: (name: string, type: string) => DnsReply): Promise<DnsServer> {
  const socket = createSocket('udp4');
  const questions: string[] = [];
  const delayed = new Set<NodeJS.Timeout>();
  const send = (reply: DnsReply, message: Buffer, from: RemoteInfo): void => {
    if (reply === 'silence') return;
    if ('afterMs' in reply) {
      const timer = setTimeout(() => {
        delayed.delete(timer);
        send(reply.reply, message, from);
      }, reply.afterMs);
      delayed.add(timer);
      return;
    }
    const { end } = readQuestion(message);
    const records = 'records' in reply ? reply.records : [];
    const header = Buffer.from(message.subarray(0, 12));
    header.writeUInt16BE(0x8180 | ('rcode' in reply ? RCODES[reply.rcode] : 0), 2);
    header.writeUInt16BE(records.length, 6);
    header.writeUInt32BE(0, 8);
    const answers = records.map(({ type: code, data }) => {
      const head = Buffer.from([0xc0, 12, 0, code, 0, 1, 0, 0, 0, 60, data.length >> 8, data.length & 255]);
      return Buffer.concat([head, data]);
    });
    socket.send(Buffer.concat([header, message.subarray(12, end), ...answers]), from.port, from.address);
  };
  socket.on('message', (message, from) => {
    const { name, type } = readQuestion(message);
    questions.push(`${name} ${type}`);
    send(answer(name, type), message, from);
  });
  socket.bind(0, '127.0.0.1');
  await once(socket, 'listening');
  const { port }: AddressInfo = socket.address();
  return {
    address: `127.0.0.1:${port}`,
    questions,
    async close() {
      for (const timer of delayed) clearTimeout(timer);
      const closed = once(socket, 'close');
      socket.close();
      await closed;
    },
  };
}
