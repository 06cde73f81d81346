import { type CanActivate, type ExecutionContext, Inject, Injectable } from '@nestjs/common';
import { Reflector } from '@nestjs/core';
import type { FastifyRequest } from 'fastify';
import { PUBLIC_ROUTE, rememberCaller } from './caller.js';
import type { Gate } from './gate.js';
import { GATE } from './gate.token.js';

/** Every route needs a principal unless it is marked public; there is no third way. */
@Injectable()
export class AuthGuard implements CanActivate {
  constructor(
    @Inject(GATE) private readonly gate: Gate,
    private readonly reflector: Reflector,
  ) {}

  canActivate(context: ExecutionContext): boolean {
    // The WebSocket gateway is admitted at the upgrade, before Nest sees it.
    if (context.getType() !== 'http') return true;
    if (this.reflector.getAllAndOverride<boolean>(PUBLIC_ROUTE, [context.getHandler(), context.getClass()]))
      return true;
    const request = context.switchToHttp().getRequest<FastifyRequest>();
    rememberCaller(request, this.gate.identify(request.headers));
    return true;
  }
}
