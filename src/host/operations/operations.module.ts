import { Module } from '@nestjs/common';
import { StreamingModule } from '../streaming/streaming.module.js';
import { OperationsController } from './operations.controller.js';

@Module({ imports: [StreamingModule], controllers: [OperationsController] })
export class OperationsModule {}
