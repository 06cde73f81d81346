import { Body, Controller, Delete, Get, Inject, Param, Post, Res } from '@nestjs/common';
import { ApiCreatedResponse, ApiOkResponse, ApiOperation, ApiTags } from '@nestjs/swagger';
import type { FastifyReply } from 'fastify';
import { fault, type Principal } from '../../../agents/contracts/index.js';
import type { Runtime } from '../../engine/runtime.js';
import { Caller, OperatorOnly } from '../auth/caller.js';
import { RUNTIME } from '../common/context.module.js';
import {
  experimentIdSchema,
  experimentListSchema,
  experimentResultsSchema,
  experimentSchema,
  type StartExperiment,
  startExperimentSchema,
} from './experiments.contract.js';

const Id = () => Param('id', { schema: experimentIdSchema });

/** Versions of a prompt that share the threads of a tenant. */
@ApiTags('Prompts')
@Controller('api/v1/prompts/experiments')
@OperatorOnly()
export class ExperimentsController {
  constructor(@Inject(RUNTIME) private readonly runtime: Runtime) {}

  @Post()
  @ApiOperation({
    summary: 'Begin an experiment',
    description: 'A thread stays with the version that it drew. One experiment of a prompt runs at a time.',
  })
  @ApiCreatedResponse({ standardSchema: experimentSchema })
  async start(
    @Body({ schema: startExperimentSchema }) { tenants = [], ...experiment }: StartExperiment,
    @Caller() principal: Principal,
    @Res({ passthrough: true }) reply: FastifyReply,
  ) {
    if (tenants.some((tenant) => tenant !== principal.tenant))
      throw fault('FORBIDDEN', { detail: 'A key begins experiments in its own tenant.' });
    const started = await this.runtime.experiments.start(experiment, principal);
    reply.header('Location', `/api/v1/prompts/experiments/${started.id}`);
    return started;
  }

  @Get()
  @ApiOperation({ summary: 'Experiments, newest first' })
  @ApiOkResponse({ standardSchema: experimentListSchema })
  async list(@Caller() principal: Principal) {
    return { items: await this.runtime.experiments.list(principal) };
  }

  @Get(':id')
  @ApiOperation({ summary: 'An experiment, and how the runs of each version did' })
  @ApiOkResponse({ standardSchema: experimentResultsSchema })
  async get(@Id() id: string, @Caller() principal: Principal) {
    return this.runtime.experiments.get(id, principal);
  }

  @Delete(':id')
  @ApiOperation({
    summary: 'End an experiment',
    description: 'The next runs take `production` again. A second call gives the same answer.',
  })
  @ApiOkResponse({ standardSchema: experimentSchema })
  async stop(@Id() id: string, @Caller() principal: Principal) {
    return this.runtime.experiments.stop(id, principal);
  }
}
