import type { FastifyInstance } from 'fastify';
import { fault } from '../../../agents/contracts/index.js';

interface Route {
  readonly pattern: RegExp;
  readonly methods: Set<string>;
}

const escaped = (text: string): string => text.replace(/[.*+?^${}()|[\]\\]/g, '\\$&');

/** `/threads/:threadId/state` as an expression; a parameter is one segment. */
const patternOf = (url: string): RegExp =>
  new RegExp(
    `^${url
      .split('/')
      .map((part) => (part.startsWith(':') ? '[^/]+' : escaped(part)))
      .join('/')}$`,
  );

/**
 * Tells a wrong method from a wrong address, which the router does not: 405 with `Allow`, and 204 with it for `OPTIONS`.
 * Call it before the routes are registered. A preflight is left to CORS.
 */
export function answerOtherMethods(instance: FastifyInstance): void {
  const routes = new Map<string, Route>();

  instance.addHook('onRoute', ({ url, method }) => {
    if (!url.startsWith('/')) return;
    const route = routes.get(url) ?? { pattern: patternOf(url), methods: new Set() };
    for (const each of [method].flat()) route.methods.add(each);
    routes.set(url, route);
  });

  const allowedAt = (path: string): readonly string[] => [
    ...new Set(
      [...routes.values()].flatMap(({ pattern, methods }) => (pattern.test(path) ? [...methods] : [])),
    ),
  ];

  instance.addHook('onRequest', (request, reply, done) => {
    const asksMethods =
      request.method === 'OPTIONS' && request.headers['access-control-request-method'] === undefined;
    if (!request.is404 && !asksMethods) return done();
    const allowed = allowedAt(request.url.split('?', 1)[0] ?? '');
    if (allowed.length === 0) return done();
    void reply.header('allow', [...allowed, 'OPTIONS'].join(', '));
    if (asksMethods) return void reply.code(204).send();
    done(fault('METHOD_NOT_ALLOWED', { detail: `${request.method} is not served at this address.` }));
  });
}
