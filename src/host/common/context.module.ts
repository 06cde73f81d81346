import { type DynamicModule, Global, Module } from '@nestjs/common';
import type { Logger } from 'pino';
import type { Runtime } from '../../engine/runtime.js';
import type { HostConfig } from './host-config.js';

export const RUNTIME = Symbol('the engine behind its door');
export const HOST_CONFIG = Symbol('the configuration of the host');
export const HOST_LOG = Symbol('what the operator should know');

/** The only global module. */
@Global()
@Module({})
class ContextModule {}

/** Hands the configuration, the engine's door and the log to every feature module. */
export function contextModule(config: HostConfig, runtime: Runtime, log: Logger): DynamicModule {
  return {
    module: ContextModule,
    providers: [
      { provide: HOST_CONFIG, useValue: config },
      { provide: RUNTIME, useValue: runtime },
      { provide: HOST_LOG, useValue: log },
    ],
    exports: [HOST_CONFIG, RUNTIME, HOST_LOG],
  };
}
