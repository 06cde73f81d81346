import { setTimeout as wait } from 'node:timers/promises';
import { z } from 'zod';
import { ERROR_CATALOGUE, isFault, triageResultSchema } from '../../agents/contracts/index.js';
import type { Desk } from './desk.contract.js';
import type { HttpClient } from './http-client.js';

/** The host answers with the result where it has it by then; else it is asked again. */
const WAIT_SECONDS = 30;
const POLL_MS = 1_000;
/** A host that restarts is back within this many tries, or the command gives up; what was accepted goes on there. */
const MOST_FAILURES = 40;
const PAUSE_MS = 500;

const pendingSchema = z.object({ id: z.string(), status: z.enum(['queued', 'running']) });
const replySchema = z.union([triageResultSchema, pendingSchema]);
type Reply = z.infer<typeof replySchema>;

const isResult = (reply: Reply): reply is z.infer<typeof triageResultSchema> => 'manifest' in reply;

/** A triage through a running host: sent once by its key, however often it has to be sent again. */
export function remoteTriage(http: HttpClient): Desk['triage'] {
  /** A host that has never answered is a wrong address, not one that restarts. */
  let answered = false;

  async function persistently(request: () => Promise<unknown>, signal: AbortSignal): Promise<Reply> {
    for (let failures = 0; ; failures += 1) {
      signal.throwIfAborted();
      try {
        const reply = replySchema.parse(await request());
        answered = true;
        return reply;
      } catch (error) {
        if (!isFault(error) || !ERROR_CATALOGUE[error.code].retryable || failures >= MOST_FAILURES)
          throw error;
        if (error.code === 'HOST_UNREACHABLE' && !answered) throw error;
        const { retryAfterSeconds } = error;
        const pause = retryAfterSeconds === undefined ? PAUSE_MS : retryAfterSeconds * 1_000;
        await wait(pause, undefined, { signal });
      }
    }
  }

  return async ({ request, idempotencyKey, goesOn }, signal) => {
    const headers = { 'idempotency-key': idempotencyKey, prefer: `wait=${WAIT_SECONDS}` };
    let reply = await persistently(() => http.post('/api/v1/triage', request, headers), signal);
    const path = `/api/v1/triage/${encodeURIComponent(reply.id)}`;
    try {
      while (!isResult(reply)) {
        await wait(POLL_MS, undefined, { signal });
        reply = await persistently(() => http.get(path), signal);
      }
      return reply;
    } catch (error) {
      if (signal.aborted && !goesOn) await http.delete(path);
      throw error;
    }
  };
}
