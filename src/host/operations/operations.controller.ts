import { Controller, Get, Header, Inject, Res } from '@nestjs/common';
import { ApiOkResponse, ApiOperation, ApiProduces, ApiTags } from '@nestjs/swagger';
import type { FastifyReply } from 'fastify';
import type { Principal } from '../../../agents/contracts/index.js';
import type { Runtime } from '../../engine/runtime.js';
import { Caller, Public } from '../auth/caller.js';
import { RUNTIME } from '../common/context.module.js';
import { Connections } from '../streaming/connections.js';
import { asyncApiDocument } from './async-api.js';
import { readinessSchema } from './health.contract.js';
import { renderMetrics } from './metrics.js';
import { modelMetrics } from './model-metrics.js';
import { VERSION } from './version.js';

/** What operators and their machines ask. */
@ApiTags('Operations')
@Controller()
export class OperationsController {
  constructor(
    @Inject(RUNTIME) private readonly runtime: Runtime,
    private readonly connections: Connections,
  ) {}

  @Get('ok')
  @Public()
  @ApiOperation({ summary: 'Answers while the process answers' })
  ok() {
    return { ok: true };
  }

  @Get('info')
  @Public()
  @ApiOperation({ summary: 'Version and capabilities, as LangGraph clients ask for them' })
  info() {
    return { version: VERSION, context: 'js', flags: { assistants: true, crons: false, langsmith: false } };
  }

  @Get('health/live')
  @Public()
  @ApiOperation({ summary: 'The process answers' })
  live() {
    return { status: 'live' };
  }

  @Get('health/ready')
  @Public()
  @ApiOperation({ summary: 'Each part is able to work', description: '503 names the part that is not.' })
  @ApiOkResponse({ standardSchema: readinessSchema })
  async ready(@Res({ passthrough: true }) reply: FastifyReply) {
    const checks = await this.runtime.health.checks();
    const ready = checks.every((check) => check.ok);
    void reply.code(ready ? 200 : 503);
    return { status: ready ? 'ready' : 'not ready', checks };
  }

  @Get('metrics')
  @Header('content-type', 'text/plain; version=0.0.4; charset=utf-8')
  @ApiOperation({
    summary: 'Numbers for Prometheus',
    description: "Those of the models are of the key's tenant.",
  })
  @ApiProduces('text/plain')
  metrics(@Caller() caller: Principal): string {
    const engine = Object.entries(this.runtime.health.gauges());
    return renderMetrics([
      ...engine.map(([name, value]) => ({ name, value, help: `Engine: ${name}.` })),
      ...modelMetrics(this.runtime.health.usage(caller)),
      { name: 'sockets', value: this.connections.sockets, help: 'WebSockets that are open.' },
      {
        name: 'slowReadersTotal',
        type: 'counter',
        value: this.connections.slowReaders,
        help: 'Readers that were closed because they did not keep up.',
      },
      { name: 'streams', value: this.connections.streams.size, help: 'Event streams that are open.' },
      { name: 'memoryBytes', value: process.memoryUsage.rss(), help: 'Resident memory of the process.' },
      {
        name: 'uptimeSeconds',
        value: Math.floor(process.uptime()),
        help: 'Seconds since the process began.',
      },
    ]);
  }

  @Get('asyncapi.json')
  @Public()
  @ApiOperation({ summary: 'The streaming protocol as AsyncAPI 3.0' })
  asyncApi() {
    return asyncApiDocument();
  }
}
