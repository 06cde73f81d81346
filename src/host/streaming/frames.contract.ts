import { z } from 'zod';
import { ERROR_CATALOGUE, type ErrorCode, hypothesisSchema } from '../../../agents/contracts/index.js';
import { valuesSchema } from '../assistants/assistants.contract.js';
import { PROTOCOL_ERRORS } from './frames.js';

const seq = z.int().nonnegative();

/** The frame around every kind of event. */
const event = <M extends string, D extends z.ZodType>(method: M, data: D) =>
  z.object({
    type: z.literal('event'),
    event_id: z.string().optional().describe('unique for ever; absent on a snapshot after a gap'),
    seq,
    method: z.literal(method),
    params: z.object({
      namespace: z.array(z.string()),
      timestamp: z.number().describe('milliseconds since the Unix epoch'),
      node: z.string().optional(),
      data,
    }),
  });

const text = z.object({ type: z.literal('text'), text: z.string() });
const messages = z.discriminatedUnion('event', [
  z.object({
    event: z.literal('message-start'),
    role: z.literal('ai'),
    id: z.string(),
    metadata: z.record(z.string(), z.string()),
  }),
  z.object({ event: z.literal('content-block-start'), index: z.int(), content: text }),
  z.object({
    event: z.literal('content-block-delta'),
    index: z.int(),
    delta: z.object({ type: z.literal('text-delta'), text: z.string() }),
  }),
  z.object({ event: z.literal('content-block-finish'), index: z.int(), content: text }),
  z.object({ event: z.literal('message-finish'), reason: z.string().optional() }),
]);

const tools = z.discriminatedUnion('event', [
  z.object({
    event: z.literal('tool-started'),
    tool_call_id: z.string(),
    tool_name: z.string(),
    input: z.unknown(),
  }),
  z.object({ event: z.literal('tool-finished'), tool_call_id: z.string(), output: z.unknown() }),
  z.object({
    event: z.literal('tool-error'),
    tool_call_id: z.string(),
    message: z.string(),
    code: z.string(),
  }),
]);

const lifecycle = z.object({
  event: z.enum(['started', 'running', 'completed', 'failed', 'interrupted']),
  graph_name: z.string(),
  run_id: z.string().optional(),
  error: z.string().optional(),
  detail: z.unknown().optional().describe('a problem without `status`'),
  receipt: z.unknown().optional().describe('what a cancel stopped'),
});

const progress = z.object({
  agent: z.string(),
  stage: z.enum(['started', 'working', 'finished']),
  text: z.string(),
  prompt: z.string().optional(),
  promptHash: z.string().optional(),
  model: z.string().optional(),
  code: z.string().optional(),
});

const custom = z.discriminatedUnion('name', [
  z.object({ name: z.literal('progress'), payload: progress }),
  z.object({ name: z.literal('hypotheses'), payload: z.array(hypothesisSchema) }),
  z.object({ name: z.literal('evidence'), payload: z.unknown() }),
]);

/** Every event that a thread pushes, by channel. */
export const EVENTS = {
  values: event('values', valuesSchema),
  updates: event('updates', z.object({ node: z.string(), values: z.unknown() })),
  messages: event('messages', messages),
  tools: event('tools', tools),
  lifecycle: event('lifecycle', lifecycle),
  input: event('input.requested', z.object({ interrupt_id: z.string(), payload: z.unknown() })),
  checkpoints: event(
    'checkpoints',
    z.object({
      id: z.string(),
      parent_id: z.string().optional(),
      step: z.int(),
      source: z.enum(['input', 'loop', 'update', 'fork']),
    }),
  ),
  tasks: event('tasks', z.looseObject({ id: z.string(), name: z.string() })),
  custom: event('custom', custom),
} as const;

export const gapSchema = z.object({
  type: z.literal('event'),
  method: z.literal('gap'),
  params: z.object({ data: z.object({ from: seq, to: seq }) }),
});

const meta = z.object({ applied_through_seq: seq.describe('the log up to here is behind the reply') });

export const successSchema = z.object({
  type: z.literal('success'),
  id: z.int().nonnegative(),
  result: z.unknown(),
  meta,
});

export const errorSchema = z.object({
  type: z.literal('error'),
  id: z.int().nonnegative().nullable().describe('null where the frame had no readable id'),
  error: z.enum(PROTOCOL_ERRORS),
  code: z.enum(Object.keys(ERROR_CATALOGUE) as [ErrorCode, ...ErrorCode[]]),
  title: z.string(),
  message: z.string(),
  kept: z.string(),
  next: z.string(),
  retryable: z.boolean(),
  errors: z.array(z.object({ pointer: z.string(), message: z.string() })).optional(),
  meta,
});
