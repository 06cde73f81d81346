import { Module } from '@nestjs/common';
import { StreamingModule } from '../streaming/streaming.module.js';
import { TriageController } from './triage.controller.js';
import { TriageService } from './triage.service.js';

@Module({ imports: [StreamingModule], controllers: [TriageController], providers: [TriageService] })
export class TriageModule {}
