import { z } from 'zod';
import { ERROR_CATALOGUE, type ErrorCode, type Fault, fault } from '../../agents/contracts/index.js';
import { clientKey } from '../config/environment.js';
import { sseData } from './sse.js';

/** The host's own answer may take long (an ingest of many documents); a silent host is told from a slow one by its socket. */
const ANSWER_TIMEOUT_MS = 120_000;

const problemSchema = z.object({
  code: z.string(),
  detail: z.string(),
  kept: z.string(),
  next: z.string(),
});

export interface HttpClient {
  get(path: string): Promise<unknown>;
  post(path: string, body: unknown): Promise<unknown>;
  /** The `data` of each server-sent event until the stream ends. */
  events(path: string, body: unknown, signal: AbortSignal): AsyncIterable<string>;
}

/** Requests to one host, with `TRIAGENT_API_KEY` where it is set. @throws `HOST_UNREACHABLE`, or the host's own error */
export function createHttpClient(base: string): HttpClient {
  const root = base.replace(/\/+$/, '');
  const key = clientKey();
  const headers = { 'content-type': 'application/json', ...(key && { authorization: `Bearer ${key}` }) };

  const request = async (
    method: string,
    path: string,
    body: unknown,
    signal: AbortSignal,
  ): Promise<Response> => {
    const init = { method, headers, signal, ...(body !== undefined && { body: JSON.stringify(body) }) };
    const response = await fetch(root + path, init).catch(unreachable);
    if (!response.ok) throw await refusal(response);
    return response;
  };
  const json = async (method: string, path: string, body?: unknown): Promise<unknown> => {
    const response = await request(method, path, body, AbortSignal.timeout(ANSWER_TIMEOUT_MS));
    return response.json().catch(unreachable);
  };
  return {
    get: (path) => json('GET', path),
    post: (path, body) => json('POST', path, body),
    async *events(path, body, signal) {
      const response = await request('POST', path, body, signal);
      if (!response.body) return;
      try {
        yield* sseData(response.body);
      } catch (cause) {
        unreachable(cause);
      }
    },
  };
}

function unreachable(cause: unknown): never {
  throw fault('HOST_UNREACHABLE', { cause });
}

async function refusal(response: Response): Promise<Fault> {
  const problem = problemSchema.safeParse(await response.json().catch(() => null));
  if (!problem.success) {
    return fault('HOST_UNREACHABLE', {
      detail: `What answers at --url is no Triagent host: status ${response.status} without an error of ours.`,
    });
  }
  const { code, detail, kept, next } = problem.data;
  return fault(isKnown(code) ? code : 'HOST_UNREACHABLE', { detail, kept, next });
}

const isKnown = (code: string): code is ErrorCode => Object.hasOwn(ERROR_CATALOGUE, code);
