import { Module } from '@nestjs/common';
import { HOST_CONFIG } from '../common/context.module.js';
import type { HostConfig } from '../common/host-config.js';
import { createRunRate, UNLIMITED } from '../threads/run-rate.js';
import { RUN_RATE } from '../threads/run-rate.token.js';
import { Connections } from './connections.js';
import { StreamingController } from './streaming.controller.js';
import { ThreadGateway } from './thread.gateway.js';

@Module({
  controllers: [StreamingController],
  providers: [
    Connections,
    ThreadGateway,
    {
      provide: RUN_RATE,
      useFactory: ({ auth }: HostConfig, { wheel }: Connections) =>
        auth.keys.length > 0 ? createRunRate(wheel) : UNLIMITED,
      inject: [HOST_CONFIG, Connections],
    },
  ],
  exports: [Connections, RUN_RATE],
})
export class StreamingModule {}
