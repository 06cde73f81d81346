import { StandardSchemaValidationPipe } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { FastifyAdapter, type NestFastifyApplication } from '@nestjs/platform-fastify';
import type { FastifyReply, FastifyRequest } from 'fastify';
import pino, { type Logger } from 'pino';
import { appModule } from './app.module.js';
import type { Runtime } from './engine/runtime.js';
import type { Gate } from './host/auth/gate.js';
import { GATE } from './host/auth/gate.token.js';
import { CORRELATION_HEADER, correlationIdOf } from './host/common/correlation.js';
import type { HostConfig } from './host/common/host-config.js';
import { ProblemFilter } from './host/common/problem.filter.js';
import { refuseHostileAddress, registerBodyParsers } from './host/common/request-body.js';
import { answerOtherMethods } from './host/common/route-methods.js';
import { validationFault } from './host/common/validation.js';
import { serveOpenApi } from './host/operations/open-api.js';
import { Connections } from './host/streaming/connections.js';
import { ThreadSocketAdapter } from './host/streaming/thread-socket.adapter.js';

const MAX_PARAM_LENGTH = 512;
const METHODS = ['GET', 'HEAD', 'POST', 'PUT', 'PATCH', 'DELETE'];
const EXPOSED_HEADERS = [
  'Content-Location',
  'ETag',
  'Location',
  'Preference-Applied',
  'RateLimit',
  'RateLimit-Policy',
  'Retry-After',
  'X-Correlation-Id',
];

/** Errors to stderr: stdout belongs to whoever started the process. */
const stderrLog = (): Logger =>
  pino({ level: 'warn', base: null }, pino.destination({ dest: 2, sync: true }));

/** Refuses foreign hosts and pages before anything else of a request is looked at, unknown routes included. */
function guardSite(app: NestFastifyApplication, gate: Gate): void {
  app
    .getHttpAdapter()
    .getInstance()
    .addHook('onRequest', (request, reply, done) => {
      reply.header(CORRELATION_HEADER, request.id);
      try {
        gate.checkSite(request.raw);
        done();
      } catch (error) {
        done(error as Error);
      }
    });
  app.enableCors({
    delegator: (request, done) => {
      const { origin, host } = request.headers;
      const allowed = origin !== undefined && gate.allowsOrigin(origin, host);
      done(null, { origin: allowed, methods: METHODS, exposedHeaders: EXPOSED_HEADERS });
    },
  });
}

/**
 * The host, ready for `listen`: `main`, `serve` and the tests all get it here. It does not own the engine: close the
 * app first, then the runtime, or the other way round to let clients watch their runs reach a safe point.
 */
export async function createApp(
  config: HostConfig,
  runtime: Runtime,
  log: Logger = stderrLog(),
): Promise<NestFastifyApplication> {
  const problems = new ProblemFilter(log);
  const adapter = new FastifyAdapter({
    genReqId: correlationIdOf,
    routerOptions: { maxParamLength: MAX_PARAM_LENGTH },
    // Clients that offer HTTP/2 beside HTTP/1.1 (`Upgrade: h2c`) are answered as if they had not.
    http: { shouldUpgradeCallback: ({ headers }) => headers.upgrade?.toLowerCase() === 'websocket' },
    frameworkErrors: (error: unknown, request: FastifyRequest, reply: FastifyReply) =>
      problems.answer(error, request, reply),
  });
  const app = await NestFactory.create<NestFastifyApplication>(appModule(config, runtime, log), adapter, {
    logger: false,
    bodyParser: false,
    abortOnError: false,
  });
  const gate = app.get<Gate>(GATE);
  registerBodyParsers(adapter.getInstance());
  guardSite(app, gate);
  answerOtherMethods(adapter.getInstance());
  refuseHostileAddress(adapter.getInstance());
  app.useSecurityHeaders({
    // Plain HTTP is a supported way to run: whoever terminates TLS in front adds what speaks of it.
    strictTransportSecurity: false,
    contentSecurityPolicy: { directives: { upgradeInsecureRequests: null } },
  });
  app.useGlobalFilters(problems);
  app.useGlobalPipes(new StandardSchemaValidationPipe({ exceptionFactory: validationFault }));
  app.useWebSocketAdapter(new ThreadSocketAdapter(app.getHttpServer(), gate, app.get(Connections).wheel));
  serveOpenApi(app);
  await app.init();
  return app;
}
