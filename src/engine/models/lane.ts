import {
  BrokenCircuitError,
  BulkheadRejectedError,
  bulkhead,
  CircuitState,
  circuitBreaker,
  handleWhen,
  SamplingBreaker,
} from 'cockatiel';
import { fault, isFault } from '../../../agents/contracts/index.js';
import { handlingOf } from './model-faults.js';

/** A breaker opens where more than half of at least this many calls failed within the window. */
const SAMPLE = { calls: 10, share: 0.5, windowMs: 30_000 } as const;
/** How long an open breaker lets nothing through; then one call tries. */
const OPEN_MS = 5_000;
const MAX_CALLS = { atOnce: 64, waiting: 256 } as const;
/** Retries that a lane may have saved up, and what each request adds: a fifth of the requests may be repeated. */
const RETRIES = { saved: 10, perRequest: 0.2 } as const;

/** What fails together and is protected together: one model of one provider under one credential. */
export interface Lane {
  /** @throws `MODEL_CIRCUIT_OPEN`, `MODEL_OVERLOADED` without a request, else what `send` throws */
  run<T>(send: () => Promise<T>): Promise<T>;
  /** True where one more retry is within the budget, which it then uses up. */
  mayRetry(): boolean;
}

export function createLane(): Lane {
  const breaker = circuitBreaker(
    handleWhen((error) => isFault(error) && handlingOf(error)?.counts === true),
    {
      breaker: new SamplingBreaker({
        threshold: SAMPLE.share,
        duration: SAMPLE.windowMs,
        minimumRps: (SAMPLE.calls * 1_000) / SAMPLE.windowMs,
      }),
      halfOpenAfter: OPEN_MS,
    },
  );
  const places = bulkhead(MAX_CALLS.atOnce, MAX_CALLS.waiting);
  let retries: number = RETRIES.saved;

  const protectedCall = <T>(send: () => Promise<T>): Promise<T> => {
    // While one call tries, the library would let the others wait for its end, however long that takes.
    if (breaker.state === CircuitState.HalfOpen) throw circuitOpen();
    return breaker.execute(send);
  };

  return {
    async run(send) {
      retries = Math.min(RETRIES.saved, retries + RETRIES.perRequest);
      try {
        return await places.execute(() => protectedCall(send));
      } catch (error) {
        if (error instanceof BrokenCircuitError) throw circuitOpen();
        if (error instanceof BulkheadRejectedError)
          throw fault('MODEL_OVERLOADED', { detail: 'Too many calls wait for this model already.' });
        throw error;
      }
    },
    mayRetry() {
      if (retries < 1) return false;
      retries -= 1;
      return true;
    },
  };
}

const circuitOpen = () => fault('MODEL_CIRCUIT_OPEN', { retryAfterSeconds: OPEN_MS / 1_000 });

/** A model in this process fails alone and needs no protection. */
export const openLane: Lane = { run: (send) => send(), mayRetry: () => true };
