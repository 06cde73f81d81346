import { z } from 'zod';

/**
 * One thing that a claim may rest on. `quote` is the exact slice `span` (UTF-16 code units) of the source's text
 * and `hash` is the quote's SHA-256; `[n]` in an answer is the n-th entry of the evidence list.
 */
export const evidenceSchema = z.object({
  id: z.string(),
  kind: z.enum(['passage', 'ticket', 'observation', 'user']),
  /** `kb:DOCUMENT#CHUNK`, `ticket:ID`, `tool:NAME#CALL`, `diagnosis:CAUSE#OBSERVATION` or `message:ID`. */
  source: z.string(),
  title: z.string(),
  quote: z.string(),
  span: z.tuple([z.number().int().nonnegative(), z.number().int().nonnegative()]),
  hash: z.string(),
  /** Of a passage: what its document scored beside the best one that the same search found, 0 to 1. */
  relevance: z.number().min(0).max(1).optional(),
});
export type Evidence = z.infer<typeof evidenceSchema>;

/** What a tool saw. A failed tool is an observation too: `ok` is false and `code` says why. */
export const observationSchema = z.object({
  id: z.string(),
  tool: z.string(),
  target: z.string(),
  ok: z.boolean(),
  code: z.string().optional(),
  summary: z.string(),
  /** Facts as short `name: value` pairs, for checks and for the reader. */
  facts: z.record(z.string(), z.string()),
  startedAt: z.string(),
  ms: z.number(),
});
export type Observation = z.infer<typeof observationSchema>;

/** One candidate cause on the board. The probabilities of a board sum to at most 1. */
export const hypothesisSchema = z.object({
  cause: z.string(),
  probability: z.number().min(0).max(1),
  supportedBy: z.array(z.string()),
  refutedBy: z.array(z.string()),
  /** Set on a leading cause that facts settled: the observation that did, and the step of a runbook that made it. */
  decidedBy: z
    .object({ observation: z.string(), runbook: z.string().optional(), step: z.string().optional() })
    .optional(),
});
export type Hypothesis = z.infer<typeof hypothesisSchema>;
