import { type DynamicModule, Module } from '@nestjs/common';
import type { Logger } from 'pino';
import type { Runtime } from './engine/runtime.js';
import { AssistantsModule } from './host/assistants/assistants.module.js';
import { AuthModule } from './host/auth/auth.module.js';
import { contextModule } from './host/common/context.module.js';
import type { HostConfig } from './host/common/host-config.js';
import { KnowledgeModule } from './host/knowledge/knowledge.module.js';
import { OperationsModule } from './host/operations/operations.module.js';
import { PageModule } from './host/page/page.module.js';
import { PromptsModule } from './host/prompts/prompts.module.js';
import { StreamingModule } from './host/streaming/streaming.module.js';
import { ThreadsModule } from './host/threads/threads.module.js';
import { TriageModule } from './host/triage/triage.module.js';

@Module({
  imports: [
    AuthModule,
    StreamingModule,
    ThreadsModule,
    TriageModule,
    AssistantsModule,
    KnowledgeModule,
    PromptsModule,
    OperationsModule,
    PageModule,
  ],
})
class AppModule {}

/** The whole host over one engine. */
export function appModule(config: HostConfig, runtime: Runtime, log: Logger): DynamicModule {
  return { module: AppModule, imports: [contextModule(config, runtime, log)] };
}
