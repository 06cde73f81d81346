import { Readable } from 'node:stream';
import {
  errorBody,
  type Fault,
  isFault,
  type Principal,
  type TriageRequest,
  triageRequestSchema,
} from '../../../agents/contracts/index.js';
import type { TriageDesk } from '../../engine/runtime.js';
import { parseJson } from '../common/json.js';
import { readLines } from '../common/ndjson.js';
import { toFault } from '../common/problem.js';
import { parseWith } from '../common/validation.js';
import { inOrder } from './in-order.js';

/** Lines that are being accepted at a time: they share commits. */
const IN_FLIGHT = { calls: 256, weight: 8 * 1024 * 1024 };
/**
 * Answers that may wait for their reader, in bytes. Many clients send everything before they read anything; with less,
 * they and this host would wait for each other.
 */
const ANSWER_BYTES = 8 * 1024 * 1024;

export interface BatchOptions {
  readonly desk: Pick<TriageDesk, 'start'>;
  readonly principal: Principal;
  /** Each line gets a key of its own from it, so that a repeated batch gives the same ids. */
  readonly idempotencyKey: string | undefined;
  /** Ends the waiting for a place in a full queue. */
  readonly departed: AbortSignal;
}

/** A header cannot hold a line feed, so a line's key is never one that a client sent for a single ticket. */
const keyOfLine = (key: string | undefined, index: number) =>
  key === undefined ? {} : { idempotencyKey: `${key}\n${index}` };

const ticketOf = (line: Buffer | Fault): TriageRequest => {
  if (isFault(line)) throw line;
  return parseWith(triageRequestSchema, parseJson(line));
};

/**
 * The answer to a batch, made while its lines are read: each line stands for itself, so a bad one never fails the
 * others, and what was accepted stays accepted however the batch ends.
 */
export function answerBatch(lines: AsyncIterable<Buffer>, options: BatchOptions): Readable {
  const { desk, principal, idempotencyKey, departed } = options;

  const accept = async (line: Buffer | Fault, index: number): Promise<string> => {
    try {
      const { options: wishes, ...ticket } = ticketOf(line);
      const { id, ticketId } = await desk.start(
        {
          ticket,
          ...(wishes && { options: wishes }),
          ...keyOfLine(idempotencyKey, index),
          patience: departed,
        },
        principal,
      );
      return JSON.stringify({ id, ticketId });
    } catch (error) {
      return refusal(error);
    }
  };

  async function* answer() {
    let before = '{"items":[';
    try {
      const weigh = (line: Buffer | Fault) => (isFault(line) ? 0 : line.length);
      for await (const item of inOrder(readLines(lines), accept, IN_FLIGHT, weigh)) {
        yield before + item;
        before = ',';
      }
    } catch (error) {
      // The rest of the body cannot be read; the lines before it have their answers.
      yield before + refusal(error);
      before = '';
    }
    yield before === ',' ? ']}' : `${before}]}`;
  }

  return Readable.from(answer(), { objectMode: false, highWaterMark: ANSWER_BYTES });
}

const refusal = (error: unknown): string => JSON.stringify({ error: errorBody(toFault(error)) });
