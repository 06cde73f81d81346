import { z } from 'zod';
import { type ErrorCode, type Fault, fault, isFault } from '../../../agents/contracts/index.js';
import { connectionFault, errorCodes, providerFault } from './model-faults.js';

/** Most bytes of one reply, decoded. */
export const MAX_REPLY_BYTES = 8 * 1024 * 1024;
/** An error reply is only looked at, so little of it is enough. */
const MAX_ERROR_BYTES = 64 * 1024;

const problem = z.looseObject({ code: z.unknown().optional(), type: z.unknown().optional() });
const errorReply = z.looseObject({ ...problem.shape, error: z.union([problem, z.string()]).nullish() });

/**
 * The `fetch` that provider clients are given. A redirect is an answer, never followed; an error reply is thrown as a fault.
 * @param isAnonymous removes the placeholder key that a client library insists on
 */
export function providerFetch(isAnonymous: boolean): typeof fetch {
  return async (input, init) => {
    const headers = new Headers(init?.headers);
    if (isAnonymous) headers.delete('authorization');
    const response = await fetch(input, { ...init, headers, redirect: 'manual' }).catch((error: unknown) => {
      throw init?.signal?.aborted ? error : connectionFault(error);
    });
    if (response.ok) return response;
    throw await refusalOf(response);
  };
}

/**
 * The chunks of a reply's body, at most {@link MAX_REPLY_BYTES}. Leaving early, and the signal, close the connection.
 * @throws `MODEL_BAD_RESPONSE` beyond the limit
 */
export async function* bodyChunks(
  response: Response,
  signal: AbortSignal,
  onBytes: () => void = () => undefined,
): AsyncGenerator<Uint8Array> {
  if (!response.body) return;
  const reader = response.body.getReader();
  // A body that has failed already rejects its own cancelling; whoever reads it is told.
  const cancel = () => void reader.cancel(signal.reason).catch(() => undefined);
  signal.addEventListener('abort', cancel, { once: true });
  try {
    for (let size = 0; ; ) {
      const { done, value } = await reader.read();
      signal.throwIfAborted();
      if (done) return;
      onBytes();
      size += value.byteLength;
      if (size > MAX_REPLY_BYTES) throw tooLarge();
      yield value;
    }
  } finally {
    signal.removeEventListener('abort', cancel);
    cancel();
  }
}

export const tooLarge = (): Fault =>
  fault('MODEL_BAD_RESPONSE', { detail: `The provider’s reply is larger than ${MAX_REPLY_BYTES} bytes.` });

/**
 * Whatever a client library throws, as a fault.
 * @param fallback what it means where nothing tells: `MODEL_STREAM_TRUNCATED` once a reply has begun
 */
export function wireFault(error: unknown, signal: AbortSignal, fallback: ErrorCode): Fault {
  if (signal.aborted && isFault(signal.reason)) return signal.reason;
  if (isFault(error)) return error;
  const cause = error instanceof Error ? error.cause : undefined;
  if (isFault(cause)) return cause;
  if (errorCodes(error).some((code) => code.startsWith('Z_')))
    return fault('MODEL_BAD_RESPONSE', { detail: 'The provider’s reply is not encoded as it says.' });
  return fault(fallback);
}

async function refusalOf(response: Response): Promise<Fault> {
  const text = await errorText(response);
  const header = (name: string) => response.headers.get(name);
  const reply = errorReply.safeParse(jsonOr(text)).data;
  const told = typeof reply?.error === 'object' ? reply.error : reply;
  return providerFault({ status: response.status, names: [told?.code, told?.type], message: text, header });
}

/** The beginning of an error reply; one that breaks off has said enough. */
async function errorText(response: Response): Promise<string> {
  if (!response.body) return '';
  const chunks: Uint8Array[] = [];
  let size = 0;
  try {
    for await (const chunk of response.body) {
      chunks.push(chunk);
      size += chunk.byteLength;
      if (size >= MAX_ERROR_BYTES) break;
    }
  } catch {
    // The status alone tells what to do.
  }
  return Buffer.concat(chunks).toString('utf8');
}

function jsonOr(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return {};
  }
}
