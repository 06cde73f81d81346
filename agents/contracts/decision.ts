import { z } from 'zod';

const alternative = z.object({ value: z.string(), confidence: z.number().nullable(), score: z.number() });

/** A choice among labels. `confidence` is a calibrated probability or null until there is a calibration. */
export const choiceSchema = z.object({
  value: z.string().nullable(),
  confidence: z.number().nullable(),
  score: z.number(),
  alternatives: z.array(alternative),
});
export type Choice = z.infer<typeof choiceSchema>;

export const ENTITY_TYPES = [
  'hostname',
  'url',
  'ip',
  'email',
  'error_code',
  'product',
  'version',
  'port',
  'path',
  'date',
] as const;

export const entitySchema = z.object({
  type: z.enum(ENTITY_TYPES),
  value: z.string(),
  /** UTF-16 offsets into the message (subject, newline, body for a ticket). */
  span: z.tuple([z.number().int(), z.number().int()]),
});
export type Entity = z.infer<typeof entitySchema>;

export const decisionSchema = z.object({
  category: choiceSchema,
  queue: choiceSchema,
  priority: z.object({
    value: z.string().nullable(),
    impact: z.number().int().nullable(),
    urgency: z.number().int().nullable(),
    confidence: z.number().nullable(),
  }),
  sentiment: z.enum(['calm', 'worried', 'frustrated', 'angry']).nullable(),
  language: z.string().nullable(),
  entities: z.array(entitySchema),
  duplicates: z.array(z.object({ ticketId: z.string(), score: z.number() })),
  articles: z.array(z.object({ articleId: z.string(), score: z.number() })),
  needsHuman: z.boolean(),
  reasons: z.array(z.string()),
});
export type Decision = z.infer<typeof decisionSchema>;

/** The tenant's own labels: what triage may choose from. */
export const taxonomySchema = z.object({
  categories: z.array(z.object({ value: z.string(), description: z.string(), queue: z.string() })).min(1),
  queues: z.array(z.object({ value: z.string(), description: z.string() })).min(1),
  impact: z.array(z.object({ level: z.number().int(), description: z.string() })).min(1),
  urgency: z.array(z.object({ level: z.number().int(), description: z.string() })).min(1),
  /** `priority[impact - 1][urgency - 1]`. */
  priority: z.array(z.array(z.string())).min(1),
  /** ISO 639-1 codes of what the team answers in; any language where absent. */
  languages: z.array(z.string()).min(1).optional(),
});
export type Taxonomy = z.infer<typeof taxonomySchema>;
