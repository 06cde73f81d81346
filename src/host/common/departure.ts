import type { FastifyReply } from 'fastify';

/** Aborts when the client has gone away, or has its answer. */
export function departure({ raw }: FastifyReply): AbortSignal {
  const controller = new AbortController();
  raw.once('close', () => controller.abort());
  return controller.signal;
}
