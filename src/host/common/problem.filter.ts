import { type ArgumentsHost, Catch, type ExceptionFilter } from '@nestjs/common';
import type { FastifyReply, FastifyRequest } from 'fastify';
import type { Logger } from 'pino';
import { ERROR_CATALOGUE } from '../../../agents/contracts/index.js';
import { CORRELATION_HEADER } from './correlation.js';
import { problemHeaders, toFault, toProblem } from './problem.js';

/** Every error that leaves over HTTP goes through here. */
@Catch()
export class ProblemFilter implements ExceptionFilter {
  constructor(private readonly log: Logger) {}

  catch(error: unknown, host: ArgumentsHost): void {
    const http = host.switchToHttp();
    this.answer(error, http.getRequest<FastifyRequest>(), http.getResponse<FastifyReply>());
  }

  /** Also Fastify's own way out, for requests that never reach Nest (a URL that cannot be decoded). */
  answer(error: unknown, request: FastifyRequest, reply: FastifyReply): void {
    const found = toFault(error);
    if (found.code === 'INTERNAL')
      this.log.error({ err: error, correlationId: request.id }, 'request failed');
    if (reply.raw.headersSent) {
      // A stream that already began cannot change its status; cutting it is the honest signal.
      reply.raw.destroy();
      return;
    }
    void reply
      .code(ERROR_CATALOGUE[found.code].status)
      .headers({ ...problemHeaders(found), [CORRELATION_HEADER]: request.id })
      .send(toProblem(found, request.id));
  }
}
