import { z } from 'zod';
import { valuesSchema } from '../assistants/assistants.contract.js';
import { inputMessageSchema, metadataSchema, threadIdSchema } from './run-input.contract.js';

const page = {
  limit: z.int().min(1).max(1_000).default(10),
  offset: z.int().nonnegative().default(0),
};

export const checkpointIdSchema = z.string().min(1).max(256);

/** A place in a thread's history as LangGraph clients name it. */
const checkpointRef = z.object({ checkpoint_id: checkpointIdSchema.nullish() });

export const createThreadSchema = z
  .object({
    thread_id: threadIdSchema.nullish(),
    metadata: metadataSchema.nullish(),
    if_exists: z.enum(['raise', 'do_nothing']).nullish(),
  })
  .meta({ id: 'ThreadCreate' });
export type CreateThread = z.output<typeof createThreadSchema>;

export const searchThreadsSchema = z
  .object({
    metadata: metadataSchema.nullish(),
    status: z.enum(['idle', 'busy', 'interrupted', 'error']).nullish(),
    ...page,
  })
  .meta({ id: 'ThreadSearch' });
export type SearchThreads = z.output<typeof searchThreadsSchema>;

export const patchThreadSchema = z
  .object({ metadata: metadataSchema.default({}) })
  .meta({ id: 'ThreadPatch' });
export type PatchThread = z.output<typeof patchThreadSchema>;

/** What of the public state an edit sets; messages are added, the rest is replaced. */
const editSchema = z.strictObject({
  ...valuesSchema.partial().shape,
  messages: z
    .union([z.array(inputMessageSchema), inputMessageSchema.transform((message) => [message])])
    .optional(),
});

export const updateStateSchema = z
  .object({
    values: editSchema.nullish(),
    checkpoint: checkpointRef.nullish(),
    checkpoint_id: checkpointIdSchema.nullish(),
  })
  .meta({ id: 'ThreadStateUpdate' });
export type UpdateState = z.output<typeof updateStateSchema>;

export const stateAtSchema = z.object({ checkpoint: checkpointRef.nullish() }).meta({ id: 'ThreadStateAt' });
export type StateAt = z.output<typeof stateAtSchema>;

const before = z.union([checkpointIdSchema, checkpointRef, z.object({ configurable: checkpointRef })]);

export const historySchema = z
  .object({
    limit: page.limit,
    before: before.nullish().describe('a checkpoint id, or a configuration that holds one'),
    checkpoint: checkpointRef.nullish(),
  })
  .meta({ id: 'ThreadHistory' });
export type History = z.output<typeof historySchema>;

export const threadSchema = z
  .object({
    thread_id: z.string(),
    status: z.enum(['idle', 'busy', 'interrupted', 'error']),
    metadata: metadataSchema,
    values: z.record(z.string(), z.unknown()),
    interrupts: z.record(z.string(), z.unknown()),
    config: z.record(z.string(), z.unknown()),
    created_at: z.string(),
    updated_at: z.string(),
  })
  .meta({ id: 'Thread' });
export type Thread = z.output<typeof threadSchema>;

const checkpoint = z.object({
  thread_id: z.string(),
  checkpoint_ns: z.literal(''),
  checkpoint_id: z.string().nullable(),
  checkpoint_map: z.record(z.string(), z.unknown()),
});

export const threadStateSchema = z
  .object({
    values: z.record(z.string(), z.unknown()),
    next: z.array(z.string()),
    tasks: z.array(z.unknown()),
    checkpoint,
    parent_checkpoint: checkpoint.nullable(),
    metadata: z.object({ source: z.string(), step: z.int(), run_id: z.string().nullable() }),
    created_at: z.string(),
  })
  .meta({ id: 'ThreadState' });
export type ThreadState = z.output<typeof threadStateSchema>;
