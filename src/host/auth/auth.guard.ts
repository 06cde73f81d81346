import { type CanActivate, type ExecutionContext, Inject, Injectable } from '@nestjs/common';
import { Reflector } from '@nestjs/core';
import type { FastifyRequest } from 'fastify';
import { fault } from '../../../agents/contracts/index.js';
import { OPERATOR_ROUTE, PUBLIC_ROUTE, rememberCaller } from './caller.js';
import type { Gate } from './gate.js';
import { GATE } from './gate.token.js';

/** Every route needs a principal unless it is marked public; some need an operator. */
@Injectable()
export class AuthGuard implements CanActivate {
  constructor(
    @Inject(GATE) private readonly gate: Gate,
    private readonly reflector: Reflector,
  ) {}

  canActivate(context: ExecutionContext): boolean {
    // The WebSocket gateway is admitted at the upgrade, before Nest sees it.
    if (context.getType() !== 'http') return true;
    if (this.#isMarked(PUBLIC_ROUTE, context)) return true;
    const request = context.switchToHttp().getRequest<FastifyRequest>();
    const principal = this.gate.identify(request.headers);
    if (this.#isMarked(OPERATOR_ROUTE, context) && principal.role !== 'operator')
      throw fault('FORBIDDEN', { detail: 'This needs a key with the role `operator`.' });
    rememberCaller(request, principal);
    return true;
  }

  #isMarked(mark: string, context: ExecutionContext): boolean {
    return (
      this.reflector.getAllAndOverride<boolean>(mark, [context.getHandler(), context.getClass()]) ?? false
    );
  }
}
