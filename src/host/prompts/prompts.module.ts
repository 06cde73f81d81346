import { Module } from '@nestjs/common';
import { ExperimentsController } from './experiments.controller.js';
import { PromptsController } from './prompts.controller.js';

@Module({ controllers: [ExperimentsController, PromptsController] })
export class PromptsModule {}
