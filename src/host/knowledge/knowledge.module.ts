import { Module } from '@nestjs/common';
import { IngestJobs } from './ingest-jobs.js';
import { KnowledgeController } from './knowledge.controller.js';

@Module({ controllers: [KnowledgeController], providers: [IngestJobs] })
export class KnowledgeModule {}
