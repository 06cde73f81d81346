import { createParamDecorator, type ExecutionContext, SetMetadata } from '@nestjs/common';
import type { FastifyRequest } from 'fastify';
import type { Principal } from '../../../agents/contracts/index.js';
import { fault } from '../../../agents/contracts/index.js';

export const PUBLIC_ROUTE = 'triagent:public';

/** Marks a controller or route that tells nothing about anybody and needs no key. */
export const Public = () => SetMetadata(PUBLIC_ROUTE, true);

export const OPERATOR_ROUTE = 'triagent:operator';

/** Marks a route that changes what everybody of the tenant works with. */
export const OperatorOnly = () => SetMetadata(OPERATOR_ROUTE, true);

const callers = new WeakMap<FastifyRequest, Principal>();

export const rememberCaller = (request: FastifyRequest, principal: Principal): void => {
  callers.set(request, principal);
};

/** Injects the {@link Principal} that the guard identified. */
export const Caller = createParamDecorator((_: unknown, context: ExecutionContext): Principal => {
  const principal = callers.get(context.switchToHttp().getRequest<FastifyRequest>());
  if (!principal) throw fault('UNAUTHENTICATED');
  return principal;
});
