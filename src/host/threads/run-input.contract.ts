import { z } from 'zod';
import { attachmentSchema, runOptionsSchema } from '../../../agents/contracts/index.js';

export const THREAD_ID_FORM = '1 to 128 of A-Z a-z 0-9 _ . : -';

/** Ids are the client's to choose, so they are plain tokens: nothing that a path or a log line could stumble over. */
export const threadIdSchema = z
  .string()
  .regex(/^[\w.:-]{1,128}$/, `expected ${THREAD_ID_FORM}`)
  .meta({ id: 'ThreadId' });

const MAX_MESSAGES = 200;
const textBlock = z.object({ type: z.literal('text'), text: z.string() });

/** A message as LangChain's `toJSON` writes it; read like the plain form. */
const serialized = z.object({
  lc: z.literal(1),
  type: z.literal('constructor'),
  id: z.array(z.string()),
  kwargs: z.record(z.string(), z.unknown()),
});

const SERIALIZED_TYPES: Readonly<Record<string, string>> = {
  HumanMessage: 'human',
  AIMessage: 'ai',
  AIMessageChunk: 'ai',
  SystemMessage: 'system',
};

const plainForm = (value: unknown): unknown => {
  const found = serialized.safeParse(value);
  return found.success ? { ...found.data.kwargs, type: SERIALIZED_TYPES[found.data.id.at(-1) ?? ''] } : value;
};

const AUTHORS = { human: 'human', user: 'human', ai: 'ai', assistant: 'ai', system: 'system' } as const;
const author = z.enum(['human', 'user', 'ai', 'assistant', 'system']);

const plainMessage = z
  .object({
    id: z.string().min(1).max(256).nullish(),
    role: author.optional(),
    type: author.optional(),
    content: z.union([z.string(), z.array(textBlock)]).describe('text, or blocks of type `text`'),
  })
  .refine(({ role, type }) => role !== undefined || type !== undefined, {
    message: 'expected `role` or `type`',
    path: ['role'],
  })
  .meta({ id: 'InputMessage' })
  .transform(({ id, role, type, content }) => ({
    ...(id && { id }),
    type: AUTHORS[role ?? type ?? 'human'],
    content: typeof content === 'string' ? content : content.map((block) => block.text).join(''),
  }));

/** A message as any of LangChain's clients writes it. */
export const inputMessageSchema = z.preprocess(plainForm, plainMessage);

export const runInputSchema = z
  .object({
    messages: z
      .array(inputMessageSchema)
      .min(1)
      .max(MAX_MESSAGES)
      .refine((messages) => messages.some(({ type, content }) => type === 'human' && content.trim() !== ''), {
        message: 'expected at least one message of the user with text',
      }),
    attachments: z.array(attachmentSchema).max(20).optional().describe('text beside the question'),
  })
  .meta({ id: 'RunInput' });

/** What of a client's `config.configurable` has a meaning here; everything else is dropped. */
export const configurableSchema = z.object({
  ...runOptionsSchema.shape,
  checkpoint_id: z.string().max(256).nullish().describe('start from the end of this turn (a fork)'),
});

export const runConfigSchema = z
  .object({ configurable: configurableSchema.optional() })
  .describe('run options in `configurable`; other keys are ignored');

/** Flat labels only: a label that decides something is an option, and options have a schema. */
export const metadataSchema = z.record(z.string(), z.unknown());
