import { ERROR_CATALOGUE, type ErrorCode, errorBody, type Fault } from '../../../agents/contracts/index.js';

/** The protocol's own closed list of error codes. */
export const PROTOCOL_ERRORS = [
  'invalid_argument',
  'unknown_command',
  'unknown_error',
  'no_such_run',
  'no_such_subscription',
  'no_such_namespace',
  'no_such_interrupt',
  'no_such_checkpoint',
  'permission_denied',
  'not_supported',
] as const;
export type ProtocolError = (typeof PROTOCOL_ERRORS)[number];

const PROTOCOL_CODES: Partial<Record<ErrorCode, ProtocolError>> = {
  COMMAND_UNKNOWN: 'unknown_command',
  RUN_NOT_FOUND: 'no_such_run',
  SUBSCRIPTION_NOT_FOUND: 'no_such_subscription',
  NAMESPACE_NOT_FOUND: 'no_such_namespace',
  INTERRUPT_NOT_FOUND: 'no_such_interrupt',
  CHECKPOINT_NOT_FOUND: 'no_such_checkpoint',
  NOT_SUPPORTED: 'not_supported',
  UNAUTHENTICATED: 'permission_denied',
  FORBIDDEN: 'permission_denied',
};

/** What only a later try or an operator can mend has no code of its own in the protocol. */
const protocolCode = (code: ErrorCode): ProtocolError => {
  const { status } = ERROR_CATALOGUE[code];
  return PROTOCOL_CODES[code] ?? (status >= 500 || status === 429 ? 'unknown_error' : 'invalid_argument');
};

export function successReply(id: number, result: unknown, appliedThroughSeq: number) {
  return { type: 'success', id, result, meta: { applied_through_seq: appliedThroughSeq } } as const;
}

/** `error` is the protocol's code, `code` ours; the text and the other members are those of problem+json. */
export function errorReply(id: number | null, error: Fault, appliedThroughSeq: number) {
  const { detail, ...body } = errorBody(error);
  return {
    ...body,
    type: 'error',
    id,
    error: protocolCode(error.code),
    message: detail,
    meta: { applied_through_seq: appliedThroughSeq },
  } as const;
}

/** Says that events `from`..`to` cannot be replayed; a snapshot follows. */
export function gapFrame(gap: { readonly from: number; readonly to: number }): string {
  return JSON.stringify({ type: 'event', method: 'gap', params: { data: { from: gap.from, to: gap.to } } });
}

/**
 * The state after a gap. It carries the `seq` up to which it speaks, so that it can serve as a cursor, but no
 * `event_id`: it is not an event of the log.
 */
export function snapshotFrame(values: unknown, seq: number, at: number): string {
  return JSON.stringify({
    type: 'event',
    seq,
    method: 'values',
    params: { namespace: [], timestamp: at, data: values },
  });
}
