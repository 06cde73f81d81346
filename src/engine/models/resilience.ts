import { randomInt } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import { asFault, type Fault, fault } from '../../../agents/contracts/index.js';
import { createLane, openLane } from './lane.js';
import { handlingOf } from './model-faults.js';
import { memoize } from './offline/lru.js';
import type { ProviderClient, ProviderRequest, ReplyPart } from './provider.js';
import { type Collector, createCollector, type WholeReply } from './reply.js';
import { type Timeouts, unlessAborted, watchReply } from './watch.js';

/** Requests that one model call may send. */
export const MAX_ATTEMPTS = 3;
/** Lanes of models that were not used for long are forgotten. */
const MAX_LANES = 256;
/** Waits before a retry grow from here, doubling, and are drawn at random up to that ("full jitter", AWS 2015). */
export interface Backoff {
  readonly firstMs: number;
  readonly mostMs: number;
}
const BACKOFF: Backoff = { firstMs: 400, mostMs: 5_000 };

/** One model call as the retry owner sees it. */
export interface ResilientCall {
  readonly client: ProviderClient;
  readonly request: Omit<ProviderRequest, 'signal' | 'onBytes'>;
  /** Ends the call, whatever it does; aborted with a fault. */
  readonly signal: AbortSignal;
  /** The same moment, in milliseconds since the epoch: nothing is begun that could not end by then. */
  readonly deadline: number;
  /** Requests that may still be sent; shared where one call is asked in several forms. */
  readonly attempts: { left: number };
  /** Called before each attempt: the place to refuse for a budget. */
  readonly check: () => void;
  /** Called as each request is sent. */
  readonly onSend: () => void;
  /** Called with every part, also those of an attempt that fails later. */
  readonly onPart: (part: ReplyPart) => void;
  /** Called after each request, whatever came of it. */
  readonly onSpent: (collector: Collector) => void;
  /** True once something of the reply was shown: from then on nothing is repeated. */
  readonly isVisible: () => boolean;
  /** True for a failure that the caller answers in another way than by repeating. */
  readonly isSettled: (failure: Fault) => boolean;
}

/**
 * The only place that repeats a request to a model. An attempt counts when its reply is whole; one that fails is repeated
 * while nothing of it was shown, with jitter or as long as `Retry-After` says, within the call's deadline, its attempts and
 * the lane's retry budget.
 */
export function createResilience(timeouts: Timeouts, backoff: Backoff = BACKOFF) {
  const laneNamed = memoize(MAX_LANES, createLane);

  const attempt = async (call: ResilientCall): Promise<WholeReply> => {
    const { client, request } = call;
    const watch = watchReply(timeouts, call.signal);
    const collector = createCollector();
    call.attempts.left -= 1;
    call.onSend();
    try {
      for await (const part of client.reply({ ...request, signal: watch.signal, onBytes: watch.touch })) {
        collector.add(part);
        call.onPart(part);
      }
      watch.signal.throwIfAborted();
      return collector.whole(request.tools.length > 0 && request.output === undefined);
    } catch (error) {
      throw watch.signal.aborted ? watch.signal.reason : asFault(error, 'MODEL_FAILED');
    } finally {
      watch.stop();
      call.onSpent(collector);
    }
  };

  return async function send(call: ResilientCall): Promise<WholeReply> {
    const lane = call.client.lane === null ? openLane : laneNamed(call.client.lane);
    for (let repeated = 0; ; repeated += 1) {
      call.check();
      try {
        return await unlessAborted(
          lane.run(() => attempt(call)),
          call.signal,
        );
      } catch (error) {
        const failure = asFault(error);
        const mayRepeat = handlingOf(failure)?.retry && call.attempts.left > 0 && !call.isVisible();
        if (!mayRepeat || call.isSettled(failure)) throw failure;
        const wait = waitFor(failure, repeated, backoff);
        if (Date.now() + wait >= call.deadline) throw withWait(failure);
        if (!lane.mayRetry()) throw failure;
        await sleep(wait, undefined, { signal: call.signal }).catch(() => call.signal.throwIfAborted());
      }
    }
  };
}

/** Milliseconds before the next attempt. */
function waitFor({ retryAfterSeconds }: Fault, repeated: number, { firstMs, mostMs }: Backoff): number {
  const most = Math.min(mostMs, firstMs * 2 ** repeated);
  const jitter = randomInt(0, most);
  return retryAfterSeconds === undefined ? jitter : retryAfterSeconds * 1_000 + jitter / 4;
}

/** A wait that the deadline does not allow is told instead of made. */
function withWait(failure: Fault): Fault {
  const { code, detail, retryAfterSeconds } = failure;
  if (retryAfterSeconds === undefined) return failure;
  return fault(code, {
    detail: `${detail} It asks to wait ${Math.ceil(retryAfterSeconds)} s, longer than this call may take.`,
    retryAfterSeconds,
  });
}
