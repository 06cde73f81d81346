import { fault } from '../../../agents/contracts/index.js';

export interface Timeouts {
  /** Milliseconds until the first byte of a reply. */
  readonly firstByteMs: number;
  /** Milliseconds of silence inside a reply. */
  readonly idleMs: number;
  /** Milliseconds of a whole model call, retries included. */
  readonly totalMs: number;
}

/**
 * Watches one reply: its signal aborts where the first byte, or the next one, is late, and with the outer signal. Whoever
 * holds the signal closes the socket.
 */
export function watchReply({ firstByteMs, idleMs }: Timeouts, outer: AbortSignal) {
  const late = new AbortController();
  const fail = (detail: string) => () => late.abort(fault('MODEL_TIMEOUT', { detail }));
  let timer = setTimeout(fail(`The model sent nothing for ${firstByteMs} ms.`), firstByteMs);
  let hasBegun = false;
  const follow = () => late.abort(outer.reason);
  if (outer.aborted) follow();
  else outer.addEventListener('abort', follow, { once: true });
  return {
    signal: late.signal,
    /** Bytes have come. */
    touch() {
      if (hasBegun) timer.refresh();
      else {
        hasBegun = true;
        clearTimeout(timer);
        timer = setTimeout(fail(`The model fell silent for ${idleMs} ms.`), idleMs);
      }
    },
    stop() {
      clearTimeout(timer);
      outer.removeEventListener('abort', follow);
    },
  };
}

/** The signal of one model call: ends with the run, or at the call's own deadline (milliseconds since the epoch). */
export function callSignal(deadline: number, run: AbortSignal) {
  const ends = new AbortController();
  const late = () => ends.abort(fault('MODEL_TIMEOUT', { detail: 'The model did not finish in time.' }));
  const timer = setTimeout(late, Math.max(0, deadline - Date.now()));
  const follow = () => ends.abort(run.reason);
  if (run.aborted) follow();
  else run.addEventListener('abort', follow, { once: true });
  return {
    signal: ends.signal,
    stop() {
      clearTimeout(timer);
      run.removeEventListener('abort', follow);
    },
  };
}

/**
 * Waits for a promise, but not beyond the signal: rejects with its reason. The promise is never left unheard, not even
 * where the signal has been aborted before: its failure would end the process.
 */
export async function unlessAborted<T>(promise: Promise<T>, signal: AbortSignal): Promise<T> {
  const { promise: aborted, reject } = Promise.withResolvers<never>();
  const stop = () => reject(signal.reason);
  if (signal.aborted) stop();
  else signal.addEventListener('abort', stop, { once: true });
  try {
    return await Promise.race([aborted, promise]);
  } finally {
    signal.removeEventListener('abort', stop);
  }
}
