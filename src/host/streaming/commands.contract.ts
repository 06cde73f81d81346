import { z } from 'zod';
import { metadataSchema, runConfigSchema, runInputSchema } from '../threads/run-input.contract.js';
import { filterSchema } from './subscription.js';

/** A frame from a client before its method is known. */
export const commandSchema = z.object({
  id: z.int().nonnegative(),
  method: z.string().min(1).max(64),
  params: z.record(z.string(), z.unknown()).nullish(),
});

export type Command = z.output<typeof commandSchema>;

const namespace = z.array(z.string()).max(32).optional();
const seq = z.int().nonnegative();
const id = z.string().min(1).max(256);

const response = z.object({ interrupt_id: id, response: z.unknown(), namespace });

/** Parameters by method. Keys that are not named here are ignored, as the protocol asks. */
export const COMMAND_PARAMS = {
  'run.start': z.object({
    assistant_id: z.string().describe('`support`'),
    input: runInputSchema,
    config: runConfigSchema.nullish(),
    metadata: metadataSchema.nullish(),
  }),
  'run.cancel': z.object({ run_id: id }),
  'input.respond': z.union([response, z.object({ responses: z.array(response).min(1).max(64) })]),
  'input.inject': z.object({
    namespace,
    message: z.object({ role: z.enum(['user', 'system']), content: z.string().min(1) }),
  }),
  'subscription.subscribe': z.object({
    ...filterSchema.shape,
    since: seq.optional().describe('sequence number after which to begin; absent: the start of the run'),
  }),
  'subscription.unsubscribe': z.object({ subscription_id: id }),
  'subscription.reconnect': z.object({
    last_event_id: id.optional(),
    run_id: id.optional(),
    ...filterSchema.partial().shape,
  }),
  'state.get': z.object({ namespace, keys: z.array(z.string()).max(64).optional() }),
  'state.listCheckpoints': z.object({
    namespace,
    limit: z.int().min(1).max(1_000).default(10),
    before: id.optional(),
  }),
  'state.fork': z.object({
    checkpoint_id: id,
    input: runInputSchema,
    config: runConfigSchema.nullish(),
  }),
  'agent.getTree': z.object({ run_id: id.optional() }),
} as const;

export type Method = keyof typeof COMMAND_PARAMS;
export type Params<M extends Method> = z.output<(typeof COMMAND_PARAMS)[M]>;
