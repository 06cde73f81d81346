import { z } from 'zod';
import { ERROR_CATALOGUE, type ErrorCode, type Fault, fault } from '../../agents/contracts/index.js';
import { clientKey } from '../config/environment.js';
import { sseData } from './sse.js';

/** The host's own answer may take long (an ingest of many documents); a silent host is told from a slow one by its socket. */
const ANSWER_TIMEOUT_MS = 120_000;

const JSON_BODY = { 'content-type': 'application/json' };
const LINES_BODY = { 'content-type': 'application/x-ndjson' };

const problemSchema = z.object({
  code: z.string(),
  detail: z.string(),
  kept: z.string(),
  next: z.string(),
});

export interface HttpClient {
  get(path: string): Promise<unknown>;
  /** What is no JSON, as it is. */
  text(path: string): Promise<string>;
  post(path: string, body: unknown, headers?: Readonly<Record<string, string>>): Promise<unknown>;
  delete(path: string): Promise<unknown>;
  /** Sends each value as a line of NDJSON. */
  postLines(path: string, values: readonly unknown[]): Promise<unknown>;
  /** The `data` of each server-sent event until the stream ends. */
  events(path: string, body: unknown, signal: AbortSignal): AsyncIterable<string>;
}

/** Requests to one host, with `TRIAGENT_API_KEY` where it is set. @throws `HOST_UNREACHABLE`, or the host's own error */
export function createHttpClient(base: string): HttpClient {
  const root = base.replace(/\/+$/, '');
  const key = clientKey();
  const authorization = key ? { authorization: `Bearer ${key}` } : {};

  const request = async (
    method: string,
    path: string,
    body: string | undefined,
    headers: Readonly<Record<string, string>>,
    signal: AbortSignal,
  ): Promise<Response> => {
    const init = {
      method,
      signal,
      headers: { ...authorization, ...headers },
      ...(body !== undefined && { body }),
    };
    const response = await fetch(root + path, init).catch(unreachable);
    if (!response.ok) throw await refusal(response);
    return response;
  };
  const json = async (
    method: string,
    path: string,
    body?: string,
    headers: Readonly<Record<string, string>> = {},
  ): Promise<unknown> => {
    const response = await request(method, path, body, headers, AbortSignal.timeout(ANSWER_TIMEOUT_MS));
    return response.json().catch(unreachable);
  };
  return {
    get: (path) => json('GET', path),
    post: (path, body, headers) => json('POST', path, JSON.stringify(body), { ...JSON_BODY, ...headers }),
    async text(path) {
      const response = await request('GET', path, undefined, {}, AbortSignal.timeout(ANSWER_TIMEOUT_MS));
      return response.text().catch(unreachable);
    },
    delete: (path) => json('DELETE', path),
    postLines: (path, values) =>
      json('POST', path, values.map((value) => `${JSON.stringify(value)}\n`).join(''), LINES_BODY),
    async *events(path, body, signal) {
      const response = await request('POST', path, JSON.stringify(body), JSON_BODY, signal);
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
  const seconds = Number(response.headers.get('retry-after') ?? Number.NaN);
  return fault(isKnown(code) ? code : 'HOST_UNREACHABLE', {
    detail,
    kept,
    next,
    ...(Number.isFinite(seconds) && { retryAfterSeconds: seconds }),
  });
}

const isKnown = (code: string): code is ErrorCode => Object.hasOwn(ERROR_CATALOGUE, code);
