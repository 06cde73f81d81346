import { z } from 'zod';
import { triageResultSchema } from '../agents/contracts/index.js';
import { problemSchema } from '../src/host/common/problem.contract.js';
import { pendingSchema } from '../src/host/triage/triage.contract.js';

export const TICKET = {
  subject: 'VPN error 13806',
  body: 'Since this morning the VPN client stops with error 13806. What can I do?',
};

const batchSchema = z.object({
  items: z.array(
    z.union([
      z.strictObject({ id: z.string(), ticketId: z.string() }),
      z.object({ error: z.looseObject({ code: z.string() }) }),
    ]),
  ),
});

export interface ServerEvent {
  readonly id: string;
  readonly data: string;
}

/** The triage routes as a help desk calls them. */
export function createTriageClient(url: string, key?: string) {
  const base = `${url}/api/v1/triage`;
  const auth = key === undefined ? {} : { authorization: `Bearer ${key}` };

  const call = (path = '', init: RequestInit = {}): Promise<Response> =>
    fetch(base + path, { ...init, headers: { ...auth, ...init.headers } });
  const post = (body: unknown, headers: Record<string, string> = {}, path = ''): Promise<Response> =>
    call(path, {
      method: 'POST',
      headers: { 'content-type': 'application/json', ...headers },
      body: typeof body === 'string' ? body : JSON.stringify(body),
    });

  return {
    call,
    post,
    async pending(body: unknown, headers?: Record<string, string>) {
      return pendingSchema.parse(await (await post(body, headers)).json());
    },
    async result(body: unknown, headers: Record<string, string> = {}) {
      const reply = await post(body, { prefer: 'wait=30', ...headers });
      return triageResultSchema.parse(await reply.json());
    },
    async problem(reply: Response | Promise<Response>) {
      const answered = await reply;
      const { status, code, errors } = problemSchema.parse(await answered.json());
      return { status, code, errors, type: answered.headers.get('content-type')?.split(';')[0] };
    },
    async batch(lines: string | ReadableStream, headers: Record<string, string> = {}) {
      const reply = await call('/batch', {
        method: 'POST',
        headers: { 'content-type': 'application/x-ndjson', ...headers },
        body: lines,
        ...(typeof lines !== 'string' && { duplex: 'half' }),
      });
      return { status: reply.status, items: batchSchema.parse(await reply.json()).items };
    },
    async events(id: string, lastEventId?: string): Promise<readonly ServerEvent[]> {
      const reply = await call(`/${id}/events`, {
        headers: lastEventId === undefined ? {} : { 'last-event-id': lastEventId },
      });
      const text = (await reply.text()).replaceAll(/^: .*\n\n/gm, '');
      return [...text.matchAll(/id: (.*)\ndata: (.*)\n\n/g)].map(([, eventId = '', data = '']) => ({
        id: eventId,
        data,
      }));
    },
  };
}
