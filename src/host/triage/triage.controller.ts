import { Readable } from 'node:stream';
import {
  Body,
  Controller,
  Delete,
  Get,
  Header,
  Headers,
  HttpCode,
  Inject,
  Param,
  Post,
  Query,
  Res,
} from '@nestjs/common';
import {
  ApiAcceptedResponse,
  ApiBody,
  ApiConsumes,
  ApiHeader,
  ApiOkResponse,
  ApiOperation,
  ApiProduces,
  ApiTags,
} from '@nestjs/swagger';
import type { FastifyReply } from 'fastify';
import {
  type Correction,
  fault,
  type Principal,
  type TriageRequest,
} from '../../../agents/contracts/index.js';
import type { Runtime } from '../../engine/runtime.js';
import { Caller } from '../auth/caller.js';
import { RUNTIME } from '../common/context.module.js';
import { departure } from '../common/departure.js';
import { readIdempotencyKey } from '../common/idempotency-key.js';
import {
  batchSchema,
  feedbackReplySchema,
  feedbackSchema,
  pendingSchema,
  qualitySchema,
  resultSchema,
  type TriagePage,
  triageIdSchema,
  triageListSchema,
  triagePageSchema,
  triageReceiptSchema,
  triageRequestSchema,
  triageSchema,
} from './triage.contract.js';
import { TriageService } from './triage.service.js';
import { answerBatch } from './triage-batch.js';

const TriageId = () => Param('id', { schema: triageIdSchema });
const IdempotencyKey = () => Headers('idempotency-key');
const IdempotencyKeyHeader = () =>
  ApiHeader({ name: 'idempotency-key', description: 'The same key and body give the same triage.' });

/** Tickets in, results out. */
@ApiTags('Triage')
@Controller('api/v1/triage')
export class TriageController {
  constructor(
    @Inject(RUNTIME) private readonly runtime: Runtime,
    private readonly service: TriageService,
  ) {}

  @Post()
  @HttpCode(202)
  @ApiOperation({
    summary: 'Triage a ticket',
    description:
      'Accepted once it is on disk. The thread of the answer can be watched and continued in chat.',
  })
  @IdempotencyKeyHeader()
  @ApiHeader({
    name: 'prefer',
    description: '`wait=SECONDS` answers 200 with the result where it is ready in time.',
  })
  @ApiAcceptedResponse({ standardSchema: pendingSchema })
  @ApiOkResponse({ standardSchema: resultSchema })
  async start(
    @Body({ schema: triageRequestSchema }) request: TriageRequest,
    @Caller() principal: Principal,
    @Res({ passthrough: true }) reply: FastifyReply,
    @IdempotencyKey() idempotencyKey?: string,
    @Headers('prefer') prefer?: string,
  ) {
    return this.service.start(request, { principal, reply, idempotencyKey, prefer });
  }

  @Post('batch')
  @HttpCode(202)
  @ApiOperation({
    summary: 'Triage many tickets, one JSON object a line',
    description:
      'Answers in the order of the lines while they arrive. A bad line never fails the others; in a full queue the ' +
      'batch waits for its turn. It counts as one start against the rate of its key.',
  })
  @IdempotencyKeyHeader()
  @ApiConsumes('application/x-ndjson')
  @ApiBody({ schema: { $ref: '#/components/schemas/TriageRequest' }, description: 'on each line' })
  @ApiAcceptedResponse({ standardSchema: batchSchema })
  async batch(
    @Body() lines: unknown,
    @Caller() principal: Principal,
    @Res() reply: FastifyReply,
    @IdempotencyKey() key?: string,
  ): Promise<void> {
    if (!(lines instanceof Readable))
      throw fault('UNSUPPORTED_MEDIA_TYPE', { next: 'Send `application/x-ndjson`, one ticket a line.' });
    const idempotencyKey = readIdempotencyKey(key);
    this.service.takeRate(principal, reply);
    const departed = departure(reply);
    const answer = answerBatch(lines, { desk: this.runtime.triage, principal, idempotencyKey, departed });
    await reply.code(202).type('application/json; charset=utf-8').send(answer);
  }

  @Get()
  @ApiOperation({ summary: 'Triages, newest first' })
  @ApiOkResponse({ standardSchema: triageListSchema })
  async list(@Query({ schema: triagePageSchema }) page: TriagePage, @Caller() principal: Principal) {
    const { status, cursor, limit } = page;
    const { items, nextCursor } = await this.runtime.triage.list(
      { limit, ...(status && { status }), ...(cursor && { cursor }) },
      principal,
    );
    return { items: items.map(({ runId: _, ...item }) => item), ...(nextCursor && { nextCursor }) };
  }

  @Get('quality')
  @ApiOperation({
    summary: 'How often people agreed with what was decided, and how good what was learned is',
  })
  @ApiOkResponse({ standardSchema: qualitySchema })
  async quality(@Caller() principal: Principal) {
    return this.runtime.triage.quality(principal);
  }

  @Get('quality/curve.svg')
  @Header('content-type', 'image/svg+xml')
  @ApiOperation({ summary: 'Coverage and risk of deciding alone, as a picture' })
  @ApiOkResponse({ content: { 'image/svg+xml': { schema: { type: 'string' } } } })
  async picture(@Caller() principal: Principal) {
    return this.runtime.learning.picture(principal);
  }

  @Get(':id')
  @ApiOperation({ summary: 'The result of a triage, or how far it is' })
  @ApiOkResponse({ standardSchema: triageSchema })
  async get(
    @TriageId() id: string,
    @Caller() principal: Principal,
    @Res({ passthrough: true }) reply: FastifyReply,
  ) {
    return this.service.show(await this.runtime.triage.get(id, principal), reply);
  }

  @Get(':id/events')
  @ApiOperation({
    summary: 'The events of a triage, from the first to its end',
    description:
      'The frames of `/asyncapi.json`. With `Last-Event-ID`: those after it; 204 where there are none.',
  })
  @ApiProduces('text/event-stream')
  async events(
    @TriageId() id: string,
    @Caller() principal: Principal,
    @Res() reply: FastifyReply,
    @Headers('last-event-id') lastEventId?: string,
  ): Promise<void> {
    await this.service.follow(id, lastEventId, principal, reply);
  }

  @Delete(':id')
  @ApiOperation({ summary: 'Stop a triage', description: 'A second call returns the same receipt.' })
  @ApiOkResponse({ standardSchema: triageReceiptSchema })
  async cancel(@TriageId() id: string, @Caller() principal: Principal) {
    return this.runtime.triage.cancel(id, principal);
  }

  @Post(':id/feedback')
  @HttpCode(200)
  @ApiOperation({
    summary: 'Say what would have been right',
    description: 'Kept with the result. What an operator says is learned at once.',
  })
  @ApiOkResponse({ standardSchema: feedbackReplySchema })
  async feedback(
    @TriageId() id: string,
    @Body({ schema: feedbackSchema }) correction: Correction,
    @Caller() principal: Principal,
  ) {
    return { id, ...(await this.runtime.triage.correct(id, correction, principal)) };
  }
}
