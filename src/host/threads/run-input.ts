import { createHash, randomUUID } from 'node:crypto';
import type { z } from 'zod';
import { fault, type Principal, type RunRequest } from '../../../agents/contracts/index.js';
import type { RunHandle, Runtime } from '../../engine/runtime.js';
import type { metadataSchema, runConfigSchema, runInputSchema } from './run-input.contract.js';
import type { RunRate } from './run-rate.js';

export const ASSISTANT_ID = 'support';

/** @throws `ASSISTANT_NOT_FOUND` */
export function checkAssistant(assistantId: string): void {
  if (assistantId === ASSISTANT_ID) return;
  throw fault('ASSISTANT_NOT_FOUND', { detail: `There is no assistant "${assistantId.slice(0, 64)}".` });
}

/** Names that the engine settles itself; a client's word for them is not kept, not even as a label. */
const RESERVED: ReadonlySet<string> = new Set([
  'thread_id',
  'run_id',
  'tenant',
  'principal',
  'user_id',
  'assistant_id',
]);
const MAX_LABELS = 64;

const labels = (metadata: z.infer<typeof metadataSchema> | null | undefined): Record<string, unknown> =>
  Object.fromEntries(
    Object.entries(metadata ?? {})
      .filter(([key, value]) => !RESERVED.has(key) && ['string', 'number', 'boolean'].includes(typeof value))
      .slice(0, MAX_LABELS),
  );

/** What starting a run takes of the host. */
export interface RunStarter {
  readonly runtime: Pick<Runtime, 'runs' | 'threads'>;
  readonly rate: RunRate;
}

export interface RunStart {
  readonly assistant_id: string;
  readonly input: z.infer<typeof runInputSchema>;
  readonly config?: z.infer<typeof runConfigSchema> | null | undefined;
  readonly metadata?: z.infer<typeof metadataSchema> | null | undefined;
}

/** A message without an id gets one; under an idempotency key the same one each time, or the bodies would differ. */
const messageId = (idempotencyKey: string | undefined, index: number): string =>
  idempotencyKey === undefined
    ? randomUUID()
    : createHash('sha256').update(`${idempotencyKey}\n${index}`).digest('hex').slice(0, 32);

function toRequest({ input, config, metadata }: RunStart, idempotencyKey: string | undefined): RunRequest {
  const { checkpoint_id: _, ...options } = config?.configurable ?? {};
  return {
    messages: input.messages.map((message, index) => ({ id: messageId(idempotencyKey, index), ...message })),
    ...(input.attachments && { attachments: input.attachments }),
    options,
    metadata: labels(metadata),
  };
}

/**
 * The one way in which any transport starts a run. With a `checkpoint_id` the thread first goes back to the end of
 * that turn.
 * @throws `ASSISTANT_NOT_FOUND`, `RATE_LIMITED`, `CHECKPOINT_NOT_FOUND` and what {@link Runtime.runs} refuses
 */
export async function startRun(
  { runtime, rate }: RunStarter,
  start: RunStart & { readonly threadId?: string; readonly idempotencyKey?: string | undefined },
  principal: Principal,
): Promise<RunHandle> {
  checkAssistant(start.assistant_id);
  rate.take(principal);
  const { threadId, idempotencyKey } = start;
  const checkpointId = start.config?.configurable?.checkpoint_id;
  if (checkpointId && threadId)
    await runtime.threads.update(threadId, { values: {}, checkpointId }, principal);
  return runtime.runs.start(
    {
      ...(threadId && { threadId }),
      ...(idempotencyKey && { idempotencyKey }),
      request: toRequest(start, idempotencyKey),
    },
    principal,
  );
}
