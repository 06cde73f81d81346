import { once } from 'node:events';
import { type ClientRequest, type IncomingMessage, request } from 'node:http';
import type { Socket } from 'node:net';
import { fault, isFault } from '../../../agents/contracts/index.js';
import { errorCode } from './error-code.js';
import { connectionFault } from './pinned-socket.js';
import { stopwatch } from './stopwatch.js';

const REDIRECTS: ReadonlySet<number> = new Set([301, 302, 303, 307, 308]);
const MAX_BODY_BYTES = 65_536;
const MAX_HEADER_BYTES = 16_384;

export interface HttpQuestion {
  /** Path and query, escaped. */
  readonly path: string;
  /** The `Host` header. */
  readonly host: string;
  readonly cookies: ReadonlyMap<string, string>;
  readonly answerMs: number;
  readonly bodyMs: number;
  /** Keeps a body of up to so many bytes; none by default. */
  readonly keepBytes?: number;
}

export interface HttpAnswer {
  readonly status: number;
  readonly location: string | null;
  readonly server: string | null;
  readonly setCookie: readonly string[];
  readonly firstByteMs: number;
  /** `type/subtype` in lower case. */
  readonly mediaType: string | null;
  /** Null where it was not to be kept, and where it broke off or was too long. */
  readonly body: Buffer | null;
}

const headersOf = ({ host, cookies }: HttpQuestion) => ({
  Host: host,
  'User-Agent': 'Triagent',
  Accept: '*/*',
  // Nothing is ever unpacked, so nothing can swell.
  'Accept-Encoding': 'identity',
  Connection: 'close',
  ...(cookies.size > 0 && { Cookie: [...cookies].map(([name, value]) => `${name}=${value}`).join('; ') }),
});

/** Reads a body up to its end, the most bytes or the time limit, whichever comes first, and keeps it if that was its end. */
async function drain(answer: IncomingMessage, limit: AbortSignal, keepBytes = 0): Promise<Buffer | null> {
  if (answer.closed) return null;
  const most = keepBytes || MAX_BODY_BYTES;
  const chunks: Buffer[] = [];
  let bytes = 0;
  answer.on('data', (chunk: Buffer) => {
    bytes += chunk.length;
    if (keepBytes > 0) chunks.push(chunk);
    if (bytes >= most) answer.destroy();
  });
  // A body that is late or broken does not undo the status that came before it.
  await once(answer, 'close', { signal: limit }).catch(() => {});
  return keepBytes > 0 && answer.complete ? Buffer.concat(chunks) : null;
}

const finalAnswer = (asked: ClientRequest, stop: AbortSignal): Promise<IncomingMessage> =>
  new Promise((resolve, reject) => {
    asked.once('response', resolve);
    asked.once('error', reject);
    asked.once('close', () => reject(fault('CONNECT_RESET')));
    // Nobody asked for another protocol (status 101).
    asked.once('upgrade', () => reject(fault('PROTOCOL_FAILED')));
    stop.addEventListener('abort', () => reject(stop.reason));
  });

/**
 * Sends one `GET` without a body over a connected socket and reads the answer, bounded in bytes and time. The socket is
 * closed at the end. A redirect's body is not read.
 *
 * @throws `PROTOCOL_FAILED` for what is no HTTP/1, `CONNECT_RESET`, `TOOL_TIMEOUT`, or the signal's reason
 */
export async function exchange(
  socket: Socket,
  question: HttpQuestion,
  signal: AbortSignal,
): Promise<HttpAnswer> {
  signal.throwIfAborted();
  const limit = AbortSignal.timeout(question.answerMs);
  const asked = request({
    method: 'GET',
    path: question.path,
    headers: headersOf(question),
    setHost: false,
    createConnection: () => socket,
    maxHeaderSize: MAX_HEADER_BYTES,
  });
  let waiting = stopwatch();
  let firstByteMs: number | undefined;
  asked.once('finish', () => {
    waiting = stopwatch();
  });
  asked.once('socket', () => {
    socket.once('data', () => {
      firstByteMs = waiting();
    });
  });
  asked.end();
  try {
    const answer = await finalAnswer(asked, AbortSignal.any([signal, limit]));
    const { statusCode: status = 0, headers } = answer;
    const location = REDIRECTS.has(status) ? (headers.location ?? null) : null;
    const bodyLimit = AbortSignal.any([signal, AbortSignal.timeout(question.bodyMs)]);
    const body = location === null ? await drain(answer, bodyLimit, question.keepBytes) : null;
    return {
      ...{ status, location, firstByteMs: firstByteMs ?? waiting() },
      server: [headers.server].flat()[0] ?? null,
      setCookie: headers['set-cookie'] ?? [],
      mediaType: headers['content-type']?.split(';', 1)[0]?.trim().toLowerCase() ?? null,
      body,
    };
  } catch (error) {
    signal.throwIfAborted();
    if (isFault(error)) throw error;
    if (limit.aborted) {
      const detail = 'The host accepted the request and then did not answer.';
      throw fault('TOOL_TIMEOUT', { detail, cause: error });
    }
    throw errorCode(error).startsWith('HPE_')
      ? fault('PROTOCOL_FAILED', { cause: error })
      : connectionFault(error, 'TOOL_FAILED');
  } finally {
    // An error that comes after the answer has nobody left to tell.
    asked.on('error', () => {}).destroy();
    socket.destroy();
  }
}
