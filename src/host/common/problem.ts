import {
  asFault,
  ERROR_CATALOGUE,
  type ErrorCode,
  errorBody,
  type Fault,
  fault,
  isFault,
} from '../../../agents/contracts/index.js';
import type { Problem } from './problem.contract.js';

export const PROBLEM_MEDIA_TYPE = 'application/problem+json';

/** Fastify's and Node's own refusals that happen before a controller is reached. */
const FRAMEWORK_CODES: Readonly<Record<string, ErrorCode>> = {
  FST_ERR_CTP_BODY_TOO_LARGE: 'PAYLOAD_TOO_LARGE',
  FST_ERR_CTP_INVALID_MEDIA_TYPE: 'UNSUPPORTED_MEDIA_TYPE',
  FST_ERR_CTP_INVALID_CONTENT_LENGTH: 'INVALID_ARGUMENT',
  FST_ERR_CTP_EMPTY_JSON_BODY: 'INVALID_JSON',
  FST_ERR_BAD_URL: 'INVALID_ARGUMENT',
  FST_ERR_MAX_PARAM_LENGTH: 'INVALID_ARGUMENT',
};

const STATUS_CODES: Readonly<Record<number, ErrorCode>> = {
  400: 'INVALID_ARGUMENT',
  401: 'UNAUTHENTICATED',
  403: 'FORBIDDEN',
  404: 'NOT_FOUND',
  405: 'METHOD_NOT_ALLOWED',
  413: 'PAYLOAD_TOO_LARGE',
  414: 'INVALID_ARGUMENT',
  415: 'UNSUPPORTED_MEDIA_TYPE',
  422: 'VALIDATION_FAILED',
  429: 'RATE_LIMITED',
  503: 'DRAINING',
};

const member = (error: unknown, name: string): unknown =>
  typeof error === 'object' && error !== null ? Reflect.get(error, name) : undefined;

const statusOf = (error: unknown): unknown => {
  const getStatus = member(error, 'getStatus');
  return typeof getStatus === 'function' ? getStatus.call(error) : member(error, 'statusCode');
};

/** Whatever was thrown, also by Nest and Fastify, as a fault; their messages stay inside, they may quote input. */
export function toFault(error: unknown): Fault {
  if (isFault(error)) return error;
  const framework = FRAMEWORK_CODES[String(member(error, 'code'))];
  if (framework) return fault(framework, { cause: error });
  const status = statusOf(error);
  const known = typeof status === 'number' ? STATUS_CODES[status] : undefined;
  return known ? fault(known, { cause: error }) : asFault(error);
}

/** The body of a refusal. Never a stack, a cause, a path or a secret. */
export function toProblem(error: Fault, correlationId: string): Problem {
  const { errors, ...body } = errorBody(error);
  return {
    ...body,
    status: ERROR_CATALOGUE[error.code].status,
    ...(errors && { errors: [...errors] }),
    correlationId,
  };
}

/** Headers that a refusal carries beside its body. */
export function problemHeaders(error: Fault): Readonly<Record<string, string>> {
  return {
    'content-type': `${PROBLEM_MEDIA_TYPE}; charset=utf-8`,
    'cache-control': 'no-store',
    // Of a body that is too large the rest is not read, so nothing can follow it.
    ...(error.code === 'PAYLOAD_TOO_LARGE' && { connection: 'close' }),
    // The structured fields of draft-ietf-httpapi-ratelimit-headers: what is full is the queue.
    ...(error.code === 'OVERLOADED' && { ratelimit: `"queue";r=0;t=${error.retryAfterSeconds ?? 1}` }),
    ...(error.code === 'UNAUTHENTICATED' && { 'www-authenticate': 'Bearer realm="triagent"' }),
    ...(error.retryAfterSeconds !== undefined && { 'retry-after': String(error.retryAfterSeconds) }),
  };
}
