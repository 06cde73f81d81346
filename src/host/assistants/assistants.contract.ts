import { z } from 'zod';
import {
  answerSchema,
  critiqueSchema,
  decisionSchema,
  evidenceSchema,
  handoffSchema,
  hypothesisSchema,
  messageSchema,
  observationSchema,
  ticketSchema,
} from '../../../agents/contracts/index.js';

export const searchAssistantsSchema = z
  .object({
    graph_id: z.string().nullish(),
    limit: z.int().min(1).max(1_000).default(10),
    offset: z.int().nonnegative().default(0),
  })
  .meta({ id: 'AssistantSearch' });
export type SearchAssistants = z.output<typeof searchAssistantsSchema>;

export const assistantSchema = z
  .object({
    assistant_id: z.string(),
    graph_id: z.string(),
    name: z.string(),
    description: z.string(),
    config: z.record(z.string(), z.unknown()),
    context: z.record(z.string(), z.unknown()),
    metadata: z.record(z.string(), z.unknown()),
    version: z.int(),
    created_at: z.string(),
    updated_at: z.string(),
  })
  .meta({ id: 'Assistant' });
export type Assistant = z.output<typeof assistantSchema>;

/** A thread's public state: what `values` holds. */
export const valuesSchema = z
  .object({
    messages: z.array(messageSchema),
    ticket: ticketSchema.optional(),
    decision: decisionSchema.optional(),
    answer: answerSchema.optional(),
    evidence: z.array(evidenceSchema),
    hypotheses: z.array(hypothesisSchema),
    observations: z.array(observationSchema),
    critique: critiqueSchema.optional(),
    handoff: handoffSchema.optional(),
  })
  .meta({ id: 'ThreadValues' });
