import { z } from 'zod';

export const nameSchema = z.string().max(64);
export const versionSchema = z.string().max(64);

/** A label never looks like a version. */
export const labelNameSchema = z
  .string()
  .regex(/^[a-z][a-z0-9_-]{0,31}$/, 'expected a to z, 0 to 9, - or _, beginning with a letter');

export const moveLabelSchema = z
  .strictObject({ version: versionSchema.describe('a released version') })
  .meta({ id: 'MoveLabel', examples: [{ version: '1.1.0' }] });
export type MoveLabel = z.output<typeof moveLabelSchema>;

export const movesPageSchema = z.object({ limit: z.coerce.number().int().min(1).max(200).default(50) });
export type MovesPage = z.output<typeof movesPageSchema>;

const summaryShape = {
  version: z.string(),
  state: z.enum(['released', 'draft', 'changed']),
  hash: z.string().describe('over the file, its partials and its examples'),
  description: z.string(),
  changelog: z.string(),
};

export const labelSchema = z
  .object({
    label: z.string(),
    version: z.string(),
    heldBy: z.enum(['file', 'store']).describe('`store`: moved while a host ran, which beats the file'),
    fileVersion: z.string().nullable(),
    by: z.string().nullable(),
    at: z.string().nullable(),
    etag: z.string().describe('for `If-Match`, in quotes'),
  })
  .meta({ id: 'PromptLabel' });

export const promptListSchema = z
  .object({
    items: z.array(
      z.object({
        name: z.string(),
        versions: z.array(z.object(summaryShape)).describe('oldest first'),
        labels: z.array(labelSchema),
      }),
    ),
  })
  .meta({ id: 'PromptList' });

export const promptVersionSchema = z
  .object({
    name: z.string(),
    ...summaryShape,
    labels: z.array(z.string()).describe('that point to it now'),
    text: z.string().describe('the file'),
    variables: z.array(z.string()),
    settings: z.record(z.string(), z.unknown()).describe('model, temperature, maxTokens'),
    retrieval: z.record(z.string(), z.unknown()),
    partials: z.array(z.string()),
    examples: z.int().describe('how many stand beside it'),
  })
  .meta({ id: 'PromptVersion' });

export const labelMovesSchema = z
  .object({
    items: z.array(
      z.object({
        label: z.string(),
        version: z.string(),
        previous: z.string().nullable(),
        by: z.string(),
        at: z.string(),
      }),
    ),
  })
  .meta({ id: 'PromptLabelMoves' });
