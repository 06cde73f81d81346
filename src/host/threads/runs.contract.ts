import { z } from 'zod';
import { manifestSchema, usageSchema } from '../../../agents/contracts/index.js';
import { metadataSchema, runConfigSchema, runInputSchema } from './run-input.contract.js';
import { checkpointIdSchema } from './threads.contract.js';

/** LangGraph's stream modes that have a meaning here; `debug` and `events` expose graph internals and are refused. */
export const STREAM_MODES = [
  'values',
  'updates',
  'messages',
  'messages-tuple',
  'custom',
  'tasks',
  'checkpoints',
  'tools',
] as const;
export type StreamMode = (typeof STREAM_MODES)[number];

const mode = z.enum(STREAM_MODES);
const modes = z.union([z.array(mode), mode.transform((one) => [one])]).nullish();

export const createRunSchema = z
  .object({
    assistant_id: z.string().describe('`support`'),
    input: runInputSchema.nullish(),
    command: z.unknown().optional().describe('answers to interrupts; there are none yet'),
    config: runConfigSchema.nullish(),
    metadata: metadataSchema.nullish(),
    checkpoint_id: checkpointIdSchema.nullish(),
    checkpoint: z.object({ checkpoint_id: checkpointIdSchema.nullish() }).nullish(),
    stream_mode: modes,
    on_disconnect: z.enum(['cancel', 'continue']).nullish(),
    on_completion: z
      .enum(['delete', 'keep'])
      .nullish()
      .describe('for runs without a thread; default `delete`'),
    multitask_strategy: z
      .enum(['enqueue', 'reject', 'interrupt'])
      .nullish()
      .describe('default `enqueue`: turns of a thread are taken in order of arrival'),
    webhook: z.null().optional().describe('not supported'),
    after_seconds: z.null().optional().describe('not supported'),
  })
  .meta({ id: 'RunCreate' });
export type CreateRun = z.output<typeof createRunSchema>;

export const runsPageSchema = z.object({
  limit: z.coerce.number().int().min(1).max(1_000).default(10),
  offset: z.coerce.number().int().nonnegative().default(0),
});
export type RunsPage = z.output<typeof runsPageSchema>;

const flag = z.union([z.literal('1'), z.literal('true'), z.literal('0'), z.literal('false')]).optional();

export const joinQuerySchema = z.object({
  stream_mode: z
    .union([z.array(mode), z.string()])
    .optional()
    .transform((value) => (typeof value === 'string' ? value.split(',') : value))
    .pipe(z.array(mode).optional()),
  cancel_on_disconnect: flag,
});
export type JoinQuery = z.output<typeof joinQuerySchema>;

export const cancelQuerySchema = z.object({ wait: flag, action: z.enum(['interrupt']).optional() });
export type CancelQuery = z.output<typeof cancelQuerySchema>;

export const isOn = (value: string | undefined): boolean => value === '1' || value === 'true';

export const runSchema = z
  .object({
    run_id: z.string(),
    thread_id: z.string(),
    assistant_id: z.string(),
    status: z.enum(['pending', 'running', 'success', 'error', 'timeout', 'interrupted']),
    metadata: metadataSchema,
    kwargs: z.record(z.string(), z.unknown()),
    multitask_strategy: z.literal('enqueue'),
    created_at: z.string(),
    updated_at: z.string(),
    outcome: z.enum(['completed', 'handed_off', 'failed', 'cancelled']).nullable(),
    error: z.unknown().nullable().describe('a problem without `status`'),
    manifest: manifestSchema.nullable(),
    usage: usageSchema.nullable(),
    queued_ms: z.number().nullable(),
    total_ms: z.number().nullable(),
  })
  .meta({ id: 'Run' });
export type Run = z.output<typeof runSchema>;

export const cancelReceiptSchema = z
  .object({
    id: z.string(),
    status: z.string(),
    stopped: z.array(z.string()),
    effects: z.array(z.string()),
  })
  .meta({ id: 'CancelReceipt' });
