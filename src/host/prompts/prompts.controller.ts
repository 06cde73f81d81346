import { Body, Controller, Get, Headers, Inject, Param, Put, Query, Res } from '@nestjs/common';
import { ApiHeader, ApiOkResponse, ApiOperation, ApiTags } from '@nestjs/swagger';
import type { FastifyReply } from 'fastify';
import type { Principal } from '../../../agents/contracts/index.js';
import type { PromptLabel, Runtime } from '../../engine/runtime.js';
import { Caller, OperatorOnly } from '../auth/caller.js';
import { RUNTIME } from '../common/context.module.js';
import { entityTag, readPrecondition } from '../common/precondition.js';
import {
  labelMovesSchema,
  labelNameSchema,
  labelSchema,
  type MoveLabel,
  type MovesPage,
  moveLabelSchema,
  movesPageSchema,
  nameSchema,
  promptListSchema,
  promptVersionSchema,
  versionSchema,
} from './prompts.contract.js';

const Name = () => Param('name', { schema: nameSchema });
const Label = () => Param('label', { schema: labelNameSchema });

const shown = (label: PromptLabel, reply: FastifyReply): PromptLabel => {
  reply.header('ETag', entityTag(label.etag));
  return label;
};

/** The prompt book: what there is, and which version each label names. Operators alone see and move it. */
@ApiTags('Prompts')
@Controller('api/v1/prompts')
@OperatorOnly()
export class PromptsController {
  constructor(@Inject(RUNTIME) private readonly runtime: Runtime) {}

  @Get()
  @ApiOperation({ summary: 'All prompts with their versions and labels' })
  @ApiOkResponse({ standardSchema: promptListSchema })
  async list(@Caller() principal: Principal) {
    return { items: await this.runtime.prompts.list(principal) };
  }

  @Get(':name/versions/:version')
  @ApiOperation({ summary: 'One version of a prompt, with its text' })
  @ApiOkResponse({ standardSchema: promptVersionSchema })
  async version(
    @Name() name: string,
    @Param('version', { schema: versionSchema }) version: string,
    @Caller() principal: Principal,
  ) {
    return this.runtime.prompts.get(name, version, principal);
  }

  @Get(':name/labels/:label')
  @ApiOperation({ summary: 'Where a label points', description: 'Its ETag is what moving it needs.' })
  @ApiOkResponse({ standardSchema: labelSchema })
  async label(
    @Name() name: string,
    @Label() label: string,
    @Caller() principal: Principal,
    @Res({ passthrough: true }) reply: FastifyReply,
  ) {
    return shown(await this.runtime.prompts.label(name, label, principal), reply);
  }

  @Put(':name/labels/:label')
  @ApiOperation({
    summary: 'Point a label to a released version',
    description:
      'Holds for the tenant from its next run on, in place of `labels.json`; runs that have begun keep their version.',
  })
  @ApiHeader({ name: 'If-Match', description: 'The ETag of the label as you saw it, or `*` for any.' })
  @ApiHeader({ name: 'If-None-Match', description: '`*` for a label that does not exist yet.' })
  @ApiOkResponse({ standardSchema: labelSchema })
  async move(
    @Name() name: string,
    @Label() label: string,
    @Body({ schema: moveLabelSchema }) { version }: MoveLabel,
    @Caller() principal: Principal,
    @Res({ passthrough: true }) reply: FastifyReply,
    @Headers('if-match') ifMatch?: string,
    @Headers('if-none-match') ifNoneMatch?: string,
  ) {
    const holds = readPrecondition({ ifMatch, ifNoneMatch });
    return shown(await this.runtime.prompts.moveLabel({ name, label, version, holds }, principal), reply);
  }

  @Get(':name/moves')
  @ApiOperation({ summary: 'Who moved which label when, the newest first' })
  @ApiOkResponse({ standardSchema: labelMovesSchema })
  async moves(
    @Name() name: string,
    @Query({ schema: movesPageSchema }) { limit }: MovesPage,
    @Caller() principal: Principal,
  ) {
    return { items: await this.runtime.prompts.moves(name, limit, principal) };
  }
}
