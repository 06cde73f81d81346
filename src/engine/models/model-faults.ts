import { type ErrorCode, type Fault, fault } from '../../../agents/contracts/index.js';
import type { FinishReason } from './provider.js';
import { type HeaderLookup, retryAfterSeconds } from './retry-after.js';

/** Kinds of failure for which another model may be named (`models.fallbacks`). */
export const FALLBACK_KINDS = ['unavailable', 'context', 'content', 'output'] as const;
export type FallbackKind = (typeof FALLBACK_KINDS)[number];

interface Handling {
  /** Worth another attempt while nothing has been shown. */
  readonly retry?: true;
  /** Says something about the provider's health. */
  readonly counts?: true;
  readonly fallback: FallbackKind;
}

const transient: Handling = { retry: true, counts: true, fallback: 'unavailable' };
const settled: Handling = { fallback: 'unavailable' };

const HANDLING: Partial<Record<ErrorCode, Handling>> = {
  MODEL_UNREACHABLE: transient,
  MODEL_TIMEOUT: transient,
  MODEL_OVERLOADED: transient,
  MODEL_FAILED: transient,
  MODEL_BAD_RESPONSE: transient,
  MODEL_STREAM_TRUNCATED: transient,
  MODEL_CIRCUIT_OPEN: settled,
  MODEL_CREDENTIALS: settled,
  MODEL_QUOTA: settled,
  MODEL_NOT_FOUND: settled,
  MODEL_UNAVAILABLE: settled,
  MODEL_REQUEST_INVALID: settled,
  MODEL_CONTEXT_OVERFLOW: { fallback: 'context' },
  MODEL_CONTENT_FILTERED: { fallback: 'content' },
  MODEL_REFUSED: { fallback: 'content' },
  MODEL_GUARDRAIL: { fallback: 'content' },
  MODEL_LENGTH: { fallback: 'output' },
  MODEL_EMPTY: { fallback: 'output' },
  MODEL_OUTPUT_INVALID: { fallback: 'output' },
};

/** How a failure is dealt with; null for one that is not the model's, such as a cancelled run. */
export const handlingOf = ({ code }: Fault): Handling | null => HANDLING[code] ?? null;

/** Each way of stopping short, as the failure that it is. */
export const FINISH_FAULTS: Readonly<Partial<Record<FinishReason, ErrorCode>>> = {
  length: 'MODEL_LENGTH',
  filter: 'MODEL_CONTENT_FILTERED',
  refusal: 'MODEL_REFUSED',
  guardrail: 'MODEL_GUARDRAIL',
  context: 'MODEL_CONTEXT_OVERFLOW',
};

/** HTTP statuses that mean more than their class. */
const STATUSES: Readonly<Record<number, ErrorCode>> = {
  401: 'MODEL_CREDENTIALS',
  402: 'MODEL_QUOTA',
  403: 'MODEL_CREDENTIALS',
  404: 'MODEL_NOT_FOUND',
  408: 'MODEL_TIMEOUT',
  409: 'MODEL_OVERLOADED',
  413: 'MODEL_CONTEXT_OVERFLOW',
  429: 'MODEL_OVERLOADED',
  502: 'MODEL_OVERLOADED',
  503: 'MODEL_OVERLOADED',
  504: 'MODEL_TIMEOUT',
  529: 'MODEL_OVERLOADED',
};

/** What providers write into `error.code` or `error.type`, or name an exception; it says more than the status. */
const PROVIDER_CODES: Readonly<Record<string, ErrorCode>> = {
  insufficient_quota: 'MODEL_QUOTA',
  billing_hard_limit_reached: 'MODEL_QUOTA',
  invalid_api_key: 'MODEL_CREDENTIALS',
  model_not_found: 'MODEL_NOT_FOUND',
  context_length_exceeded: 'MODEL_CONTEXT_OVERFLOW',
  exceed_context_size_error: 'MODEL_CONTEXT_OVERFLOW',
  string_above_max_length: 'MODEL_CONTEXT_OVERFLOW',
  content_filter: 'MODEL_CONTENT_FILTERED',
  content_policy_violation: 'MODEL_CONTENT_FILTERED',
  rate_limit_exceeded: 'MODEL_OVERLOADED',
  server_error: 'MODEL_FAILED',
  overloaded_error: 'MODEL_OVERLOADED',
  AccessDeniedException: 'MODEL_CREDENTIALS',
  ExpiredTokenException: 'MODEL_CREDENTIALS',
  InvalidSignatureException: 'MODEL_CREDENTIALS',
  UnrecognizedClientException: 'MODEL_CREDENTIALS',
  ServiceQuotaExceededException: 'MODEL_QUOTA',
  ResourceNotFoundException: 'MODEL_NOT_FOUND',
  ThrottlingException: 'MODEL_OVERLOADED',
  ModelNotReadyException: 'MODEL_OVERLOADED',
  ServiceUnavailableException: 'MODEL_OVERLOADED',
  ModelTimeoutException: 'MODEL_TIMEOUT',
  ModelErrorException: 'MODEL_FAILED',
  ModelStreamErrorException: 'MODEL_FAILED',
  InternalServerException: 'MODEL_FAILED',
  ValidationException: 'MODEL_REQUEST_INVALID',
};

const TOO_LONG =
  /context (?:length|window|size)|maximum context|too many (?:input )?tokens|(?:prompt|input) is too long/i;

export interface ProviderError {
  readonly status?: number | undefined;
  /** The provider's own names for it, most exact first. */
  readonly names: readonly unknown[];
  /** Looked at, never repeated: it may quote the prompt or a key. */
  readonly message: string;
  readonly header?: HeaderLookup;
}

/** A provider's error reply as a fault. Nothing of its text is passed on. */
export function providerFault({ status, names, message, header = () => null }: ProviderError): Fault {
  const named = names.flatMap((name) =>
    typeof name === 'string' && Object.hasOwn(PROVIDER_CODES, name) ? (PROVIDER_CODES[name] ?? []) : [],
  );
  const told = named[0] ?? codeOfStatus(status);
  const code = told === 'MODEL_REQUEST_INVALID' && TOO_LONG.test(message) ? 'MODEL_CONTEXT_OVERFLOW' : told;
  const wait = retryAfterSeconds(header, Date.now());
  return fault(code, {
    detail: status === undefined ? 'The provider reported an error.' : detailOf(status),
    ...(wait !== undefined && { retryAfterSeconds: wait }),
  });
}

function codeOfStatus(status: number | undefined): ErrorCode {
  if (status === undefined || status >= 500) return STATUSES[status ?? 500] ?? 'MODEL_FAILED';
  return STATUSES[status] ?? 'MODEL_REQUEST_INVALID';
}

const detailOf = (status: number): string =>
  status >= 300 && status < 400
    ? `The provider answered with a redirect (HTTP ${status}), which is not followed.`
    : `The provider answered with HTTP ${status}.`;

/** OpenSSL's and Node's codes for a certificate that does not hold. */
const TLS_CODE = /^(CERT_|DEPTH_ZERO|SELF_SIGNED|UNABLE_TO_|ERR_TLS|ERR_SSL|EPROTO)/;

/** A failed connection as a fault: `MODEL_UNREACHABLE`, told apart by what failed. */
export function connectionFault(error: unknown): Fault {
  const code = errorCodes(error);
  const isTls = code.some((name) => TLS_CODE.test(name));
  const reason = isTls
    ? 'its TLS certificate does not hold'
    : code.includes('ECONNREFUSED')
      ? 'the connection was refused'
      : code.some((name) => name === 'ENOTFOUND' || name === 'EAI_AGAIN')
        ? 'its name has no address'
        : 'the connection failed';
  return fault('MODEL_UNREACHABLE', { detail: `The provider cannot be reached: ${reason}.` });
}

/** The codes of an error and of everything that caused it. */
export function errorCodes(error: unknown, depth = 0): readonly string[] {
  if (typeof error !== 'object' || error === null || depth > 5) return [];
  const own = 'code' in error && typeof error.code === 'string' ? [error.code] : [];
  const causes = 'errors' in error && Array.isArray(error.errors) ? error.errors : [];
  return [
    ...own,
    ...('cause' in error ? errorCodes(error.cause, depth + 1) : []),
    ...causes.flatMap((cause) => errorCodes(cause, depth + 1)),
  ];
}
