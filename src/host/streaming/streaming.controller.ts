import { Body, Controller, Headers, HttpCode, Inject, Param, Post, Res } from '@nestjs/common';
import { ApiOperation, ApiProduces, ApiTags } from '@nestjs/swagger';
import type { FastifyReply } from 'fastify';
import type { Principal } from '../../../agents/contracts/index.js';
import type { Runtime } from '../../engine/runtime.js';
import { Caller } from '../auth/caller.js';
import { RUNTIME } from '../common/context.module.js';
import { toFault } from '../common/problem.js';
import { threadIdSchema } from '../threads/run-input.contract.js';
import type { RunRate } from '../threads/run-rate.js';
import { RUN_RATE } from '../threads/run-rate.token.js';
import { type Command, commandSchema } from './commands.contract.js';
import { perform } from './commands.js';
import { Connections } from './connections.js';
import { openEventStream } from './event-stream.js';
import { errorReply, successReply } from './frames.js';
import { type EventStreamRequest, eventStreamSchema } from './streaming.contract.js';
import { readFilter } from './subscription.js';
import { type Cursor, createThreadFeed, lastSeqOf } from './thread-feed.js';

/** The Agent Streaming Protocol without a socket: commands as requests, events as a stream. */
@ApiTags('Agent Streaming Protocol')
@Controller('threads/:threadId')
export class StreamingController {
  constructor(
    @Inject(RUNTIME) private readonly runtime: Runtime,
    @Inject(RUN_RATE) private readonly rate: RunRate,
    private readonly connections: Connections,
  ) {}

  @Post('commands')
  @HttpCode(200)
  @ApiOperation({
    summary: 'Send one command',
    description: 'The commands and replies are those of `/asyncapi.json`.',
  })
  async command(
    @Param('threadId', { schema: threadIdSchema }) threadId: string,
    @Body({ schema: commandSchema }) command: Command,
    @Caller() principal: Principal,
    @Headers('idempotency-key') idempotencyKey?: string,
  ) {
    const { runtime, rate } = this;
    try {
      const context = { runtime, rate, principal, threadId, feed: null, idempotencyKey };
      const { result, seq } = await perform(command, context);
      return successReply(command.id, result, seq ?? (await lastSeqOf(runtime, threadId, principal)));
    } catch (error) {
      return errorReply(command.id, toFault(error), await lastSeqOf(runtime, threadId, principal));
    }
  }

  @Post(['stream/events', 'stream'])
  @HttpCode(200)
  @ApiOperation({ summary: 'Follow the events of a thread' })
  @ApiProduces('text/event-stream')
  async events(
    @Param('threadId', { schema: threadIdSchema }) threadId: string,
    @Body({ schema: eventStreamSchema }) request: EventStreamRequest,
    @Caller() principal: Principal,
    @Res() reply: FastifyReply,
    @Headers('last-event-id') lastEventId?: string,
  ): Promise<void> {
    const { runtime } = this;
    const filter = readFilter(request);
    const since: Cursor = lastEventId
      ? ((await runtime.events.seqOf(threadId, lastEventId, principal)) ?? 'unknown')
      : (request.since ?? 'run');
    const stream = openEventStream(reply, this.connections);
    const outbox = stream.outbox(
      (frame, event) => stream.send({ id: event?.eventId, data: frame }),
      () => feed.resume().catch(stream.end),
    );
    const feed = createThreadFeed({ runtime, threadId, principal, outbox });
    stream.closed.then(feed.close, feed.close);
    await feed.subscribe('stream', filter, since).catch(stream.end);
  }
}
