import { Module } from '@nestjs/common';
import { StreamingModule } from '../streaming/streaming.module.js';
import { RunsController } from './runs.controller.js';
import { RunsService } from './runs.service.js';
import { ThreadsController } from './threads.controller.js';

@Module({
  imports: [StreamingModule],
  controllers: [ThreadsController, RunsController],
  providers: [RunsService],
})
export class ThreadsModule {}
