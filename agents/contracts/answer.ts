import { z } from 'zod';
import { hypothesisSchema, observationSchema } from './evidence.js';

/** One sentence or step of an answer with the evidence that it rests on. */
export const claimSchema = z.object({
  text: z.string(),
  evidence: z.array(z.string()),
  supported: z.boolean(),
});
export type Claim = z.infer<typeof claimSchema>;

export const answerSchema = z.object({
  /** Prose with `[n]` citations. */
  text: z.string(),
  /** False where a part of the question stays open or the text was cut. */
  complete: z.boolean(),
  claims: z.array(claimSchema),
});
export type Answer = z.infer<typeof answerSchema>;

export const ISSUE_KINDS = [
  'unsupported', // a quote, number, identifier, host or URL is not in the cited evidence
  'uncited', // a claim names no evidence, or evidence that does not exist
  'unanswered', // a part of the question has no claim
  'wrong-product', // the evidence is about another product, platform or version
  'contradicted', // an observation says otherwise
  'off-topic', // the claim does not belong to the question
] as const;

export const issueSchema = z.object({
  kind: z.enum(ISSUE_KINDS),
  detail: z.string(),
  /** Index into the draft's claims, where the issue is about one. */
  claim: z.number().int().optional(),
  /** The part of the question, where the issue is about one. */
  part: z.string().optional(),
});
export type Issue = z.infer<typeof issueSchema>;

export const critiqueSchema = z.object({
  verdict: z.enum(['accept', 'resolver', 'retriever', 'diagnostics', 'handoff']),
  /** Share of the answer's characters that the evidence check could score. */
  coverage: z.number().min(0).max(1),
  revisions: z.number().int().nonnegative(),
  issues: z.array(issueSchema),
});
export type Critique = z.infer<typeof critiqueSchema>;

/** What a person needs to go on without asking again. */
export const handoffSchema = z.object({
  code: z.string(),
  reason: z.string(),
  asked: z.array(z.string()),
  found: z.array(z.object({ text: z.string(), evidence: z.array(z.string()) })),
  tried: z.array(z.string()),
  ruledOut: z.array(z.string()),
  nextQuestions: z.array(z.string()),
});
export type Handoff = z.infer<typeof handoffSchema>;

export { hypothesisSchema, observationSchema };
