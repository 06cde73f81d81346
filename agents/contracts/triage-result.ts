import { z } from 'zod';
import {
  answerSchema,
  critiqueSchema,
  handoffSchema,
  hypothesisSchema,
  observationSchema,
} from './answer.js';
import { decisionSchema } from './decision.js';
import { evidenceSchema } from './evidence.js';
import { manifestSchema, usageSchema } from './manifest.js';

export const TRIAGE_STATUSES = [
  'queued',
  'running',
  'completed',
  'handed_off',
  'failed',
  'cancelled',
] as const;
export type TriageStatus = (typeof TRIAGE_STATUSES)[number];

/** Why a result has no whole answer: the body of a problem document without its HTTP status. */
export const triageErrorSchema = z.object({
  type: z.string(),
  code: z.string(),
  title: z.string(),
  detail: z.string(),
  kept: z.string(),
  next: z.string(),
  retryable: z.boolean(),
});

/** What one ticket came to. Decision, answer and critique may be null where it failed or was cancelled. */
export const triageResultSchema = z.object({
  id: z.string(),
  ticketId: z.string(),
  status: z.enum(['completed', 'handed_off', 'failed', 'cancelled']),
  threadId: z.string(),
  decision: decisionSchema.nullable(),
  answer: answerSchema.nullable(),
  evidence: z.array(evidenceSchema),
  hypotheses: z.array(hypothesisSchema),
  observations: z.array(observationSchema),
  critique: critiqueSchema.nullable(),
  handoff: handoffSchema.nullable(),
  error: triageErrorSchema.optional(),
  manifest: manifestSchema,
  usage: usageSchema,
  /** Milliseconds. */
  timing: z.object({ queuedMs: z.number(), totalMs: z.number() }),
});
export type TriageResult = z.infer<typeof triageResultSchema>;

/** A person's correction of a result: what would have been right. */
export const correctionSchema = z
  .strictObject({
    category: z.string().min(1).optional(),
    queue: z.string().min(1).optional(),
    priority: z.string().min(1).optional(),
    articles: z.array(z.string().min(1)).max(50).optional(),
    answer: z.enum(['good', 'bad']).optional(),
    resolution: z.string().optional(),
    comment: z.string().optional(),
  })
  .refine((correction) => Object.keys(correction).length > 0, {
    message: 'expected at least one correction',
  });
export type Correction = z.infer<typeof correctionSchema>;
