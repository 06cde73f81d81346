import { Body, Controller, Get, Headers, HttpCode, Inject, Param, Post, Query, Res } from '@nestjs/common';
import { ApiOkResponse, ApiOperation, ApiProduces, ApiTags } from '@nestjs/swagger';
import type { FastifyReply } from 'fastify';
import type { Principal } from '../../../agents/contracts/index.js';
import type { Runtime } from '../../engine/runtime.js';
import { Caller } from '../auth/caller.js';
import { RUNTIME } from '../common/context.module.js';
import { departure } from '../common/departure.js';
import { runShape } from './langgraph-shapes.js';
import { threadIdSchema } from './run-input.contract.js';
import {
  type CancelQuery,
  type CreateRun,
  cancelQuerySchema,
  cancelReceiptSchema,
  createRunSchema,
  isOn,
  type JoinQuery,
  joinQuerySchema,
  type RunsPage,
  runSchema,
  runsPageSchema,
} from './runs.contract.js';
import { type RunRequestContext, RunsService } from './runs.service.js';
import { checkpointIdSchema } from './threads.contract.js';

const ThreadId = () => Param('threadId', { schema: threadIdSchema });
const RunId = () => Param('runId', { schema: checkpointIdSchema });
const IdempotencyKey = () => Headers('idempotency-key');

/** Runs in the shapes of LangGraph's server, with its first streaming protocol. */
@ApiTags('Runs')
@Controller()
export class RunsController {
  constructor(
    @Inject(RUNTIME) private readonly runtime: Runtime,
    private readonly service: RunsService,
  ) {}

  @Post('threads/:threadId/runs')
  @HttpCode(200)
  @ApiOperation({ summary: 'Start a run' })
  @ApiOkResponse({ standardSchema: runSchema })
  async create(
    @ThreadId() threadId: string,
    @Body({ schema: createRunSchema }) body: CreateRun,
    @Caller() principal: Principal,
    @Res({ passthrough: true }) reply: FastifyReply,
    @IdempotencyKey() idempotencyKey?: string,
  ) {
    const { runId } = await this.service.start(body, { threadId, idempotencyKey, principal, reply });
    void reply.header('content-location', `/threads/${threadId}/runs/${runId}`);
    return runShape(await this.runtime.runs.get(runId, principal));
  }

  @Post('threads/:threadId/runs/stream')
  @HttpCode(200)
  @ApiOperation({ summary: 'Start a run and stream it' })
  @ApiProduces('text/event-stream')
  async stream(
    @ThreadId() threadId: string,
    @Body({ schema: createRunSchema }) body: CreateRun,
    @Caller() principal: Principal,
    @Res() reply: FastifyReply,
    @IdempotencyKey() idempotencyKey?: string,
  ): Promise<void> {
    await this.#startAndStream(body, { threadId, idempotencyKey, principal, reply });
  }

  @Post('threads/:threadId/runs/wait')
  @HttpCode(200)
  @ApiOperation({ summary: 'Start a run and wait for the values of the thread' })
  async wait(
    @ThreadId() threadId: string,
    @Body({ schema: createRunSchema }) body: CreateRun,
    @Caller() principal: Principal,
    @Res({ passthrough: true }) reply: FastifyReply,
    @IdempotencyKey() idempotencyKey?: string,
  ) {
    return this.#startAndWait(body, { threadId, idempotencyKey, principal, reply });
  }

  @Post('runs/stream')
  @HttpCode(200)
  @ApiOperation({ summary: 'Start a run on a thread of its own and stream it' })
  @ApiProduces('text/event-stream')
  async streamAlone(
    @Body({ schema: createRunSchema }) body: CreateRun,
    @Caller() principal: Principal,
    @Res() reply: FastifyReply,
    @IdempotencyKey() idempotencyKey?: string,
  ): Promise<void> {
    await this.#startAndStream(body, { idempotencyKey, principal, reply });
  }

  @Post('runs/wait')
  @HttpCode(200)
  @ApiOperation({ summary: 'Start a run on a thread of its own and wait for its values' })
  async waitAlone(
    @Body({ schema: createRunSchema }) body: CreateRun,
    @Caller() principal: Principal,
    @Res({ passthrough: true }) reply: FastifyReply,
    @IdempotencyKey() idempotencyKey?: string,
  ) {
    return this.#startAndWait(body, { idempotencyKey, principal, reply });
  }

  @Get('threads/:threadId/runs')
  @ApiOperation({ summary: 'The runs of a thread, newest first' })
  @ApiOkResponse({ standardSchema: runSchema, isArray: true })
  async list(
    @ThreadId() threadId: string,
    @Query({ schema: runsPageSchema }) page: RunsPage,
    @Caller() principal: Principal,
  ) {
    const runs = await this.runtime.runs.list(threadId, page, principal);
    // A thread without runs is told from one that does not exist.
    if (runs.length === 0) await this.runtime.threads.get(threadId, principal);
    return runs.map(runShape);
  }

  @Get('threads/:threadId/runs/:runId')
  @ApiOperation({ summary: 'A run' })
  @ApiOkResponse({ standardSchema: runSchema })
  async get(@ThreadId() threadId: string, @RunId() runId: string, @Caller() principal: Principal) {
    return runShape(await this.service.of(threadId, runId, principal));
  }

  @Get('threads/:threadId/runs/:runId/join')
  @ApiOperation({ summary: 'Wait for a run and get the values of the thread' })
  async join(
    @ThreadId() threadId: string,
    @RunId() runId: string,
    @Query({ schema: joinQuerySchema }) query: JoinQuery,
    @Caller() principal: Principal,
    @Res({ passthrough: true }) reply: FastifyReply,
  ) {
    const run = await this.service.of(threadId, runId, principal);
    return this.#waitFor(
      run,
      { cancel: isOn(query.cancel_on_disconnect), ephemeral: false },
      principal,
      reply,
    );
  }

  @Get('threads/:threadId/runs/:runId/stream')
  @ApiOperation({ summary: 'Stream a run from its start, or after `Last-Event-ID`' })
  @ApiProduces('text/event-stream')
  async joinStream(
    @ThreadId() threadId: string,
    @RunId() runId: string,
    @Query({ schema: joinQuerySchema }) query: JoinQuery,
    @Caller() principal: Principal,
    @Res() reply: FastifyReply,
    @Headers('last-event-id') lastEventId?: string,
  ): Promise<void> {
    const run = await this.service.of(threadId, runId, principal);
    const since = await this.service.cursorOf(run, lastEventId, principal);
    await this.service.stream(reply, run, { modes: query.stream_mode, since, principal });
    await this.service.afterwards(
      run,
      { cancel: isOn(query.cancel_on_disconnect), ephemeral: false },
      principal,
    );
  }

  @Post('threads/:threadId/runs/:runId/cancel')
  @HttpCode(200)
  @ApiOperation({ summary: 'Stop a run', description: 'A second call returns the same receipt.' })
  @ApiOkResponse({ standardSchema: cancelReceiptSchema })
  async cancel(
    @ThreadId() threadId: string,
    @RunId() runId: string,
    @Query({ schema: cancelQuerySchema }) _query: CancelQuery,
    @Caller() principal: Principal,
  ) {
    await this.service.of(threadId, runId, principal);
    return this.runtime.runs.cancel(runId, principal);
  }

  async #startAndStream(body: CreateRun, context: RunRequestContext) {
    const { principal, reply } = context;
    const run = await this.service.start(body, context);
    await this.service.stream(reply, run, { modes: body.stream_mode, since: run.seq, principal });
    await this.service.afterwards(run, wishesOf(body, context.threadId), principal);
  }

  async #startAndWait(body: CreateRun, context: RunRequestContext) {
    const run = await this.service.start(body, context);
    return this.#waitFor(run, wishesOf(body, context.threadId), context.principal, context.reply);
  }

  async #waitFor(
    run: { runId: string; threadId: string },
    wishes: Parameters<RunsService['afterwards']>[1],
    principal: Principal,
    reply: FastifyReply,
  ) {
    void reply.header('content-location', `/threads/${run.threadId}/runs/${run.runId}`);
    try {
      return await this.service.wait(run, principal, departure(reply));
    } finally {
      await this.service.afterwards(run, wishes, principal);
    }
  }
}

const wishesOf = (body: CreateRun, threadId: string | undefined) => ({
  cancel: body.on_disconnect === 'cancel',
  ephemeral: threadId === undefined && body.on_completion !== 'keep',
});
