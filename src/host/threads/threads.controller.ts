import { Body, Controller, Delete, Get, HttpCode, Inject, Param, Patch, Post } from '@nestjs/common';
import { ApiOkResponse, ApiOperation, ApiTags } from '@nestjs/swagger';
import type { Principal } from '../../../agents/contracts/index.js';
import type { Runtime } from '../../engine/runtime.js';
import { Caller } from '../auth/caller.js';
import { RUNTIME } from '../common/context.module.js';
import { stateShape, threadShape } from './langgraph-shapes.js';
import { threadIdSchema } from './run-input.contract.js';
import {
  type CreateThread,
  checkpointIdSchema,
  createThreadSchema,
  type History,
  historySchema,
  type PatchThread,
  patchThreadSchema,
  type SearchThreads,
  type StateAt,
  searchThreadsSchema,
  stateAtSchema,
  threadSchema,
  threadStateSchema,
  type UpdateState,
  updateStateSchema,
} from './threads.contract.js';

const ThreadId = () => Param('threadId', { schema: threadIdSchema });

const checkpointIdOf = (before: History['before']): string | undefined => {
  if (typeof before === 'string' || !before) return before ?? undefined;
  return ('configurable' in before ? before.configurable : before).checkpoint_id ?? undefined;
};

/** Threads and their states in the shapes of LangGraph's server. */
@ApiTags('Threads')
@Controller('threads')
export class ThreadsController {
  constructor(@Inject(RUNTIME) private readonly runtime: Runtime) {}

  @Post()
  @HttpCode(200)
  @ApiOperation({ summary: 'Create a thread' })
  @ApiOkResponse({ standardSchema: threadSchema })
  async create(@Body({ schema: createThreadSchema }) body: CreateThread, @Caller() principal: Principal) {
    const { thread_id, metadata, if_exists } = body;
    const thread = await this.runtime.threads.create(
      {
        ...(thread_id && { threadId: thread_id }),
        ...(metadata && { metadata }),
        ...(if_exists && { ifExists: if_exists }),
      },
      principal,
    );
    return threadShape(thread);
  }

  @Post('search')
  @HttpCode(200)
  @ApiOperation({ summary: 'Find threads by metadata and status, newest first' })
  @ApiOkResponse({ standardSchema: threadSchema, isArray: true })
  async search(@Body({ schema: searchThreadsSchema }) body: SearchThreads, @Caller() principal: Principal) {
    const { metadata, status, limit, offset } = body;
    const query = { limit, offset, ...(metadata && { metadata }), ...(status && { status }) };
    return (await this.runtime.threads.search(query, principal)).map(threadShape);
  }

  @Get(':threadId')
  @ApiOperation({ summary: 'A thread with its current values' })
  @ApiOkResponse({ standardSchema: threadSchema })
  async get(@ThreadId() threadId: string, @Caller() principal: Principal) {
    return threadShape(await this.runtime.threads.get(threadId, principal));
  }

  @Patch(':threadId')
  @ApiOperation({ summary: 'Merge metadata into a thread' })
  @ApiOkResponse({ standardSchema: threadSchema })
  async patch(
    @ThreadId() threadId: string,
    @Body({ schema: patchThreadSchema }) body: PatchThread,
    @Caller() principal: Principal,
  ) {
    return threadShape(await this.runtime.threads.patch(threadId, body.metadata, principal));
  }

  @Delete(':threadId')
  @HttpCode(204)
  @ApiOperation({ summary: 'Remove a thread with its runs, events and states' })
  async delete(@ThreadId() threadId: string, @Caller() principal: Principal): Promise<void> {
    await this.runtime.threads.delete(threadId, principal);
  }

  @Get(':threadId/state')
  @ApiOperation({ summary: 'The current state' })
  @ApiOkResponse({ standardSchema: threadStateSchema })
  async state(@ThreadId() threadId: string, @Caller() principal: Principal) {
    return stateShape(threadId, await this.runtime.threads.state(threadId, principal));
  }

  @Get(':threadId/state/:checkpointId')
  @ApiOperation({ summary: 'The state at the end of a turn' })
  @ApiOkResponse({ standardSchema: threadStateSchema })
  async stateAt(
    @ThreadId() threadId: string,
    @Param('checkpointId', { schema: checkpointIdSchema }) checkpointId: string,
    @Caller() principal: Principal,
  ) {
    return stateShape(threadId, await this.runtime.threads.state(threadId, principal, checkpointId));
  }

  @Post(':threadId/state/checkpoint')
  @HttpCode(200)
  @ApiOperation({ summary: 'The state at a checkpoint, or the current one' })
  @ApiOkResponse({ standardSchema: threadStateSchema })
  async stateOf(
    @ThreadId() threadId: string,
    @Body({ schema: stateAtSchema }) { checkpoint }: StateAt,
    @Caller() principal: Principal,
  ) {
    const checkpointId = checkpoint?.checkpoint_id ?? undefined;
    return stateShape(threadId, await this.runtime.threads.state(threadId, principal, checkpointId));
  }

  @Post(':threadId/state')
  @HttpCode(200)
  @ApiOperation({ summary: 'Edit the state, from a checkpoint on where one is named' })
  @ApiOkResponse({ standardSchema: threadStateSchema })
  async update(
    @ThreadId() threadId: string,
    @Body({ schema: updateStateSchema }) body: UpdateState,
    @Caller() principal: Principal,
  ) {
    const checkpointId = body.checkpoint_id ?? body.checkpoint?.checkpoint_id;
    const edit = { values: body.values ?? {}, ...(checkpointId && { checkpointId }) };
    return stateShape(threadId, await this.runtime.threads.update(threadId, edit, principal));
  }

  @Post(':threadId/history')
  @HttpCode(200)
  @ApiOperation({ summary: 'States at the ends of turns, newest first' })
  @ApiOkResponse({ standardSchema: threadStateSchema, isArray: true })
  async history(
    @ThreadId() threadId: string,
    @Body({ schema: historySchema }) body: History,
    @Caller() principal: Principal,
  ) {
    const before = checkpointIdOf(body.before);
    const page = { limit: body.limit, ...(before !== undefined && { before }) };
    const states = await this.runtime.threads.history(threadId, page, principal);
    return states.map((state) => stateShape(threadId, state));
  }
}
