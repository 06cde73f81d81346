import type { Socket } from 'node:net';
import { addAbortSignal } from 'node:stream';
import { type ErrorCode, fault, isFault } from '../../../agents/contracts/index.js';
import type { MailExchangeReport } from '../../../agents/ports.js';
import { connectionFault } from './pinned-socket.js';
import { plainLine } from './remote-text.js';

const MAX_BYTES = 8_192;
const MAX_GREETING = 200;
/** RFC 5321 §4.2: a code, a hyphen where more lines follow, a text. */
const REPLY_LINE = /^([2-5]\d\d)(?:([ -])(.*))?$/;

export type Greeting = Pick<MailExchangeReport, 'greeting' | 'status' | 'startTls' | 'code'>;

interface Reply {
  readonly status: number;
  readonly lines: readonly string[];
}

/** Lines as they come, without their ends; what is longer than all replies may be is no SMTP. */
async function* linesOf(socket: Socket): AsyncGenerator<string> {
  let rest = '';
  let bytes = 0;
  for await (const chunk of socket) {
    bytes += (chunk as Buffer).length;
    if (bytes > MAX_BYTES)
      throw fault('PROTOCOL_FAILED', { detail: 'The host says more than a mail server does.' });
    const lines = (rest + (chunk as Buffer).toString('latin1')).split('\n');
    rest = lines.pop() ?? '';
    for (const line of lines) yield line.replace(/\r$/, '');
  }
}

async function readReply(lines: AsyncGenerator<string>): Promise<Reply> {
  const texts: string[] = [];
  for (;;) {
    const { value: line, done } = await lines.next();
    if (done) throw fault('CONNECT_RESET', { detail: 'The host closed the connection.' });
    const [, status, more, text = ''] = REPLY_LINE.exec(line) ?? [];
    if (status === undefined) throw fault('PROTOCOL_FAILED', { detail: 'The host does not speak SMTP.' });
    texts.push(text);
    if (more !== '-') return { status: Number(status), lines: texts };
  }
}

/** RFC 5321 §4.1.3: who has no name introduces itself by its address. */
const addressLiteral = ({ localAddress = '', localFamily }: Socket): string =>
  localFamily === 'IPv6' ? `[IPv6:${localAddress}]` : `[${localAddress}]`;

/**
 * Reads a mail server's greeting, says `EHLO` and `QUIT`, and closes the socket: no sender, no recipient, no mail. What
 * was said before the dialog broke is kept, with the code of what broke it.
 *
 * @throws the signal's reason where `signal` aborts
 */
export async function greet(socket: Socket, limitMs: number, signal: AbortSignal): Promise<Greeting> {
  signal.throwIfAborted();
  const limit = AbortSignal.timeout(limitMs);
  addAbortSignal(AbortSignal.any([signal, limit]), socket);
  const lines = linesOf(socket);
  let known: Omit<Greeting, 'code'> = { greeting: null, status: null, startTls: null };
  const codeOf = (error: unknown): ErrorCode => {
    if (isFault(error)) return error.code;
    return limit.aborted ? 'TOOL_TIMEOUT' : connectionFault(error, 'CONNECT_RESET').code;
  };
  try {
    const {
      status,
      lines: [first = ''],
    } = await readReply(lines);
    known = { ...known, greeting: plainLine(first, MAX_GREETING), status };
    if (status === 220) {
      socket.write(`EHLO ${addressLiteral(socket)}\r\n`);
      const offer = await readReply(lines);
      if (offer.status === 250)
        known = { ...known, startTls: offer.lines.some((line) => /^STARTTLS\s*$/i.test(line)) };
    }
    socket.write('QUIT\r\n');
    return { ...known, code: null };
  } catch (error) {
    signal.throwIfAborted();
    return { ...known, code: codeOf(error) };
  } finally {
    socket.on('error', () => {}).destroySoon();
  }
}
