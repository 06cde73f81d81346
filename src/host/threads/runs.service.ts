import { Inject, Injectable } from '@nestjs/common';
import type { FastifyReply } from 'fastify';
import { fault, isFault, type Principal } from '../../../agents/contracts/index.js';
import type { RunHandle, RunRecord, Runtime } from '../../engine/runtime.js';
import { RUNTIME } from '../common/context.module.js';
import { Connections } from '../streaming/connections.js';
import { openEventStream } from '../streaming/event-stream.js';
import type { Cursor } from '../streaming/thread-feed.js';
import { checkAssistant, startRun } from './run-input.js';
import type { RunRate } from './run-rate.js';
import { RUN_RATE } from './run-rate.token.js';
import { streamRun } from './run-stream.js';
import type { CreateRun, StreamMode } from './runs.contract.js';

export interface RunRequestContext {
  readonly threadId?: string;
  readonly idempotencyKey?: string | undefined;
  readonly principal: Principal;
  /** Gets the headers that say how many more runs may be started. */
  readonly reply: FastifyReply;
}

/** Queued runs of one thread that a request may replace. */
const MAX_ACTIVE = 100;

const locationOf = ({ threadId, runId }: { threadId: string; runId: string }): string =>
  `/threads/${encodeURIComponent(threadId)}/runs/${encodeURIComponent(runId)}`;

/** What the routes for runs share: starting, waiting and streaming, with or without a thread of one's own. */
@Injectable()
export class RunsService {
  constructor(
    @Inject(RUNTIME) readonly runtime: Runtime,
    @Inject(RUN_RATE) readonly rate: RunRate,
    private readonly connections: Connections,
  ) {}

  /** The run, where it is one of this thread. @throws `RUN_NOT_FOUND` */
  async of(threadId: string, runId: string, principal: Principal): Promise<RunRecord> {
    const run = await this.runtime.runs.get(runId, principal);
    if (run.threadId !== threadId) throw fault('RUN_NOT_FOUND');
    return run;
  }

  async start(body: CreateRun, context: RunRequestContext): Promise<RunHandle> {
    const { threadId, idempotencyKey, principal, reply } = context;
    checkAssistant(body.assistant_id);
    if (body.command) throw fault('INTERRUPT_NOT_FOUND');
    if (!body.input)
      throw fault('VALIDATION_FAILED', {
        errors: [{ pointer: '/input', message: 'expected {messages: […]}' }],
      });
    const checkpointId = body.checkpoint_id ?? body.checkpoint?.checkpoint_id;
    const configurable = {
      ...body.config?.configurable,
      ...(checkpointId && { checkpoint_id: checkpointId }),
    };
    if (threadId) await this.#makeWay(threadId, body.multitask_strategy, principal);
    try {
      return await startRun(
        this,
        {
          assistant_id: body.assistant_id,
          input: body.input,
          config: { configurable },
          metadata: body.metadata,
          idempotencyKey,
          ...(threadId && { threadId }),
        },
        principal,
      );
    } finally {
      void reply.headers(this.rate.headers(principal));
    }
  }

  /** The thread's values once the run has ended; a failed run is LangGraph's `__error__`. */
  async wait(
    run: { runId: string; threadId: string },
    principal: Principal,
    signal: AbortSignal,
  ): Promise<unknown> {
    const { error, outcome } = await this.runtime.runs.join(run.runId, principal, signal);
    if (outcome === 'failed') return { __error__: { ...error, error: error?.code, message: error?.detail } };
    const { values } = await this.runtime.threads.state(run.threadId, principal);
    return values;
  }

  /** Streams a run over the reply. `onGone` runs where the client leaves before the run has ended. */
  async stream(
    reply: FastifyReply,
    run: { runId: string; threadId: string },
    options: { modes: readonly StreamMode[] | null | undefined; since: Cursor; principal: Principal },
  ): Promise<void> {
    const { runtime, connections } = this;
    const location = locationOf(run);
    void reply.headers({ 'content-location': location, location: `${location}/stream` });
    const stream = openEventStream(reply, connections);
    const modes = new Set(options.modes?.length ? options.modes : (['values'] as const));
    await streamRun({ runtime, stream, ...run, ...options, modes });
  }

  /** After the client left: `cancel` stops the run, an ephemeral thread goes with its run. */
  async afterwards(
    run: { runId: string; threadId: string },
    wishes: { cancel: boolean; ephemeral: boolean },
    principal: Principal,
  ): Promise<void> {
    const { outcome } = await this.runtime.runs.get(run.runId, principal);
    if (outcome === null && wishes.cancel) await this.runtime.runs.cancel(run.runId, principal);
    else if (outcome !== null && wishes.ephemeral) await this.runtime.threads.delete(run.threadId, principal);
  }

  /** Where to begin a run's stream that a client joins. */
  async cursorOf(run: RunRecord, lastEventId: string | undefined, principal: Principal): Promise<Cursor> {
    const { events } = this.runtime;
    const seen = lastEventId ? await events.seqOf(run.threadId, lastEventId, principal) : null;
    // An id that the log does not know is no place in it: then the run is told from its beginning.
    return seen ?? (await events.startOf(run.threadId, run.runId, principal)) ?? 'run';
  }

  async #makeWay(
    threadId: string,
    strategy: CreateRun['multitask_strategy'],
    principal: Principal,
  ): Promise<void> {
    if (strategy !== 'reject' && strategy !== 'interrupt') return;
    const { runs } = this.runtime;
    const recent = await runs
      .list(threadId, { limit: MAX_ACTIVE, offset: 0 }, principal)
      .catch((error: unknown) => {
        if (isFault(error, 'THREAD_NOT_FOUND')) return [];
        throw error;
      });
    const active = recent.filter(({ outcome }) => outcome === null);
    if (active.length > 0 && strategy === 'reject')
      throw fault('CONFLICT', {
        detail: 'A run of this thread is active, and the request asks not to queue behind it.',
      });
    await Promise.all(active.map(({ runId }) => runs.cancel(runId, principal)));
  }
}
