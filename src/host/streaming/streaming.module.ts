import { Module } from '@nestjs/common';
import { Connections } from './connections.js';
import { StreamingController } from './streaming.controller.js';
import { ThreadGateway } from './thread.gateway.js';

@Module({
  controllers: [StreamingController],
  providers: [Connections, ThreadGateway],
  exports: [Connections],
})
export class StreamingModule {}
