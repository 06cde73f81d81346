import { z } from 'zod';
import { ENTITY_TYPES } from '../contracts/index.js';

/** What the triage prompt asks of its model. Labels come from the tenant's taxonomy in the prompt. */
export const triageOutput = z.object({
  category: z.string().nullable().describe('exactly one of the category labels, or null if none fits'),
  candidates: z
    .array(z.object({ label: z.string(), score: z.number().min(0).max(1) }))
    .describe('up to four category labels, best first, each with its score'),
  impact: z.number().int().nullable().describe('the level of impact'),
  urgency: z.number().int().nullable().describe('the level of urgency'),
  sentiment: z.enum(['calm', 'worried', 'frustrated', 'angry']).nullable().describe('the mood of the writer'),
  language: z.string().nullable().describe('ISO 639-1 code of the language of the message'),
  entities: z
    .array(z.object({ type: z.enum(ENTITY_TYPES), value: z.string() }))
    .describe('literal mentions in the message'),
});
export type TriageOutput = z.infer<typeof triageOutput>;
