import { ERROR_CATALOGUE } from './error-catalogue.js';

export { ERROR_CATALOGUE } from './error-catalogue.js';

export type ErrorCode = keyof typeof ERROR_CATALOGUE;

export interface FieldError {
  /** JSON Pointer into the request. */
  readonly pointer: string;
  readonly message: string;
}

export interface FaultDetails {
  /** One plain sentence for the reader; never a path, a secret or a stack. */
  readonly detail?: string;
  /** What was saved in spite of the failure. */
  readonly kept?: string;
  readonly next?: string;
  readonly errors?: readonly FieldError[];
  readonly retryAfterSeconds?: number;
  readonly cause?: unknown;
}

/** An error with a code of the catalogue. Made only by {@link fault}; recognised by {@link isFault}. */
export interface Fault extends Error {
  readonly code: ErrorCode;
  readonly detail: string;
  readonly kept: string;
  readonly next: string;
  readonly errors?: readonly FieldError[];
  readonly retryAfterSeconds?: number;
}

/** The wire form of a fault inside results and events (RFC 9457 members without `status`). */
export interface ErrorBody {
  readonly type: string;
  readonly title: string;
  readonly code: ErrorCode;
  readonly detail: string;
  readonly kept: string;
  readonly next: string;
  readonly retryable: boolean;
  readonly errors?: readonly FieldError[];
}

/** Makes an error with a code of the catalogue. */
export function fault(code: ErrorCode, details: FaultDetails = {}): Fault {
  const known = ERROR_CATALOGUE[code];
  const detail = details.detail ?? known.title;
  return Object.assign(new Error(`${code}: ${detail}`, { cause: details.cause }), {
    name: 'Fault',
    code,
    detail,
    kept: details.kept ?? 'Nothing was changed.',
    next: details.next ?? known.next,
    ...(details.errors && { errors: details.errors }),
    ...(details.retryAfterSeconds !== undefined && { retryAfterSeconds: details.retryAfterSeconds }),
  });
}

/** True for an error made by {@link fault}, optionally with the given code. */
export function isFault(error: unknown, code?: ErrorCode): error is Fault {
  if (typeof error !== 'object' || error === null || !('code' in error)) return false;
  const found = error.code;
  return typeof found === 'string' && found in ERROR_CATALOGUE && (code === undefined || found === code);
}

/** Any thrown value as a fault: faults stay themselves, the unexpected becomes `INTERNAL` and keeps its cause. */
export function asFault(error: unknown, fallback: ErrorCode = 'INTERNAL'): Fault {
  return isFault(error) ? error : fault(fallback, { cause: error });
}

/** The public form of a fault: no stack, no cause. */
export function errorBody(error: Fault): ErrorBody {
  const known = ERROR_CATALOGUE[error.code];
  return {
    type: `https://triagent.dev/errors/${error.code.toLowerCase().replaceAll('_', '-')}`,
    title: known.title,
    code: error.code,
    detail: error.detail,
    kept: error.kept,
    next: error.next,
    retryable: known.retryable,
    ...(error.errors && { errors: error.errors }),
  };
}
