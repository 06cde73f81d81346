import { Module } from '@nestjs/common';
import { APP_GUARD } from '@nestjs/core';
import { HOST_CONFIG } from '../common/context.module.js';
import { AuthGuard } from './auth.guard.js';
import { createGate } from './gate.js';
import { GATE } from './gate.token.js';

@Module({
  providers: [
    { provide: GATE, useFactory: createGate, inject: [HOST_CONFIG] },
    { provide: APP_GUARD, useClass: AuthGuard },
  ],
  exports: [GATE],
})
export class AuthModule {}
