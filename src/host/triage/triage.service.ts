import { Inject, Injectable } from '@nestjs/common';
import type { FastifyReply } from 'fastify';
import type { Principal, TriageRequest, TriageResult } from '../../../agents/contracts/index.js';
import type { LoggedEvent, Runtime, TriageRecord } from '../../engine/runtime.js';
import { RUNTIME } from '../common/context.module.js';
import { departure } from '../common/departure.js';
import { readIdempotencyKey } from '../common/idempotency-key.js';
import { readWait } from '../common/prefer.js';
import { Connections } from '../streaming/connections.js';
import { openEventStream } from '../streaming/event-stream.js';
import { streamRunFeed } from '../streaming/run-feed.js';
import type { RunRate } from '../threads/run-rate.js';
import { RUN_RATE } from '../threads/run-rate.token.js';
import type { Pending } from './triage.contract.js';

const RETRY_AFTER_SECONDS = '1';
const MS = 1_000;

export interface StartContext {
  readonly principal: Principal;
  readonly reply: FastifyReply;
  readonly idempotencyKey: string | undefined;
  readonly prefer: string | undefined;
}

/** What the routes for tickets share: starting with or without waiting, and the stream of events. */
@Injectable()
export class TriageService {
  constructor(
    @Inject(RUNTIME) private readonly runtime: Runtime,
    @Inject(RUN_RATE) private readonly rate: RunRate,
    private readonly connections: Connections,
  ) {}

  /** The result where it is ready in the time that the client would wait, else what there is to come back to. */
  async start(request: TriageRequest, context: StartContext): Promise<TriageResult | Pending> {
    const { principal, reply, prefer } = context;
    const idempotencyKey = readIdempotencyKey(context.idempotencyKey);
    this.takeRate(principal, reply);
    const { options, ...ticket } = request;
    const { id, ticketId, threadId, replayed } = await this.runtime.triage.start(
      { ticket, ...(options && { options }), ...(idempotencyKey !== undefined && { idempotencyKey }) },
      principal,
    );
    void reply.header('location', `/api/v1/triage/${id}`);
    const seconds = readWait(prefer);
    if (seconds !== null) void reply.header('preference-applied', `wait=${seconds}`);
    if (seconds) return this.#await(id, seconds, principal, reply);
    return replayed
      ? this.#pending(await this.runtime.triage.get(id, principal), reply)
      : this.#pending({ id, ticketId, threadId, status: 'queued' }, reply);
  }

  /** @throws `RATE_LIMITED`; either way the reply says what is left */
  takeRate(principal: Principal, reply: FastifyReply): void {
    try {
      this.rate.take(principal);
    } finally {
      void reply.headers(this.rate.headers(principal));
    }
  }

  /** Streams the events of a triage from its first, or after the last that the client has seen, up to its end. */
  async follow(
    id: string,
    lastEventId: string | undefined,
    principal: Principal,
    reply: FastifyReply,
  ): Promise<void> {
    const { runtime, connections } = this;
    const { runId, threadId, result } = await runtime.triage.get(id, principal);
    // An id that the log does not know is no place in it: then the story is told from its beginning.
    const seen = (lastEventId && (await runtime.events.seqOf(threadId, lastEventId, principal))) || 0;
    // 204 is the one answer after which a browser's EventSource does not come back.
    const end = result && seen ? await runtime.events.endOf(threadId, runId, principal) : null;
    if (end !== null && seen >= end) return void reply.code(204).send();
    const stream = openEventStream(reply, connections);
    const translate = (data: string, event: LoggedEvent | null) => [{ id: event?.eventId, data }];
    await streamRunFeed({ runtime, principal, threadId, runId, since: seen, stream, translate });
  }

  async #await(
    id: string,
    seconds: number,
    principal: Principal,
    reply: FastifyReply,
  ): Promise<TriageResult | Pending> {
    const { triage } = this.runtime;
    const patience = AbortSignal.any([AbortSignal.timeout(seconds * MS), departure(reply)]);
    const record = await triage.join(id, principal, patience).catch((error: unknown) => {
      if (!patience.aborted) throw error;
      return triage.get(id, principal);
    });
    if (record.result) void reply.code(200);
    return this.show(record, reply);
  }

  /** The result, or before its end what there is to come back to. */
  show(record: TriageRecord, reply: FastifyReply): TriageResult | Pending {
    return record.result ?? this.#pending(record, reply);
  }

  #pending({ id, ticketId, status, threadId }: Pending | TriageRecord, reply: FastifyReply): Pending {
    void reply.header('retry-after', RETRY_AFTER_SECONDS);
    return { id, ticketId, status, threadId };
  }
}
