import { createHash, randomUUID } from 'node:crypto';
import { z } from 'zod';
import {
  type Depth,
  ERROR_CATALOGUE,
  type ErrorBody,
  errorBody,
  isFault,
  type TriageResult,
} from '../../agents/contracts/index.js';
import type { Desk } from './desk.contract.js';
import { mapInOrder } from './in-order.js';
import { readJsonLines } from './json-lines.js';
import type { Output } from './output.js';
import type { ResultFile } from './result-file.js';
import { readTicketLine, type TicketLine } from './triage-input.js';

export interface BatchOptions {
  readonly depth: Depth | undefined;
  readonly concurrency: number;
  /** Lines of the input, where they can be counted. */
  readonly total: number | undefined;
  /** Ends the batch where it stands. */
  readonly signal: AbortSignal;
}

/** What became of a batch; those of an earlier command are `done`, and known only as far as their input shows. */
export interface BatchReport {
  readonly done: number;
  readonly counts: Readonly<Record<string, number>>;
}

type ResultLine = TriageResult | { readonly id: string; readonly error: ErrorBody };

const resultIds = z.union([
  z.object({ ticketId: z.string() }).transform(({ ticketId }) => ticketId),
  z.object({ id: z.string(), error: z.unknown() }).transform(({ id }) => id),
]);

/** The id of the ticket that a result line belongs to. */
export const resultTicketId = (line: unknown): string | undefined => resultIds.safeParse(line).data;

/** Refusals that speak of this ticket alone; any other one would meet the next ticket too. */
const OWN_FAULT: ReadonlySet<number> = new Set([400, 404, 413, 422]);

/**
 * Triages the tickets of a text, a line each, and writes a result line for each in the same order. A line that is no
 * ticket is a result too; what ends the batch leaves a file that the same command goes on with.
 */
export async function triageBatch(
  bytes: AsyncIterable<Buffer>,
  { desk, results, output }: { desk: Desk; results: ResultFile; output: Output },
  { depth, concurrency, total, signal }: BatchOptions,
): Promise<BatchReport> {
  const counts: Record<string, number> = {};
  const count = (what: string) => {
    counts[what] = (counts[what] ?? 0) + 1;
  };
  const scope = results.identity || randomUUID();
  const bar = output.progress('triage', results.done);
  let done = results.done;

  async function* tickets(): AsyncGenerator<TicketLine> {
    for await (const line of readJsonLines(bytes)) {
      if (signal.aborted) return;
      const ticket = readTicketLine(line, depth);
      if ('error' in ticket) count('bad');
      yield ticket;
    }
  }

  const triage = async (line: TicketLine): Promise<ResultLine> => {
    const { id } = line;
    if ('error' in line) return { id, error: line.error };
    const idempotencyKey = createHash('sha256')
      .update(JSON.stringify([scope, line.request]))
      .digest('hex');
    try {
      return await desk.triage(
        { request: line.request, idempotencyKey, goesOn: results.identity !== '' },
        signal,
      );
    } catch (error) {
      if (!isFault(error) || !OWN_FAULT.has(ERROR_CATALOGUE[error.code].status)) throw error;
      count('bad');
      return { id, error: errorBody(error) };
    }
  };

  try {
    const rest = results.remaining(tickets(), ({ id }) => id);
    for await (const result of mapInOrder(rest, triage, { concurrency, bytes: (line) => line.bytes })) {
      await results.write(result);
      if ('status' in result) count(result.status);
      done += 1;
      bar.update(done, total);
    }
  } catch (error) {
    if (!signal.aborted) throw error;
  } finally {
    bar.finish();
  }
  return { done, counts };
}
