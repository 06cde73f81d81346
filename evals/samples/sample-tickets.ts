import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { z } from 'zod';
import { packageRoot } from '../../src/config/package-root.js';

/** What every sample ticket says, solved or not. Strict, so that a misspelt key fails. */
const ticketSchema = z.strictObject({
  id: z.string().regex(/^LG-\d{4}$/),
  subject: z.string().min(1),
  body: z.string().min(1),
  createdAt: z.iso.datetime(),
  locale: z.string().regex(/^[a-z]{2}-[A-Z]{2}$/),
});

const labelsSchema = z.strictObject({
  category: z.string(),
  queue: z.string(),
  priority: z.string(),
  articles: z.array(z.string()),
  /** An earlier ticket that asks for the same thing. */
  duplicateOf: z.string().optional(),
});

const solvedTicketSchema = z.strictObject({
  ...ticketSchema.shape,
  ...labelsSchema.shape,
  resolution: z.string().min(1),
});
export type SolvedSample = z.infer<typeof solvedTicketSchema>;

const sampleTicketSchema = z.strictObject({
  ...ticketSchema.shape,
  requester: z.strictObject({ id: z.string() }).optional(),
  expected: z.strictObject({
    ...labelsSchema.shape,
    outcome: z.enum(['answer', 'handoff']),
    /** Phrases of the articles that a good answer holds. */
    facts: z.array(z.string()),
    /** The tool that tells causes apart which the text alone leaves open. */
    needsTool: z.string().optional(),
    /** The text tries to make an assistant do something that its writer may not. */
    hostile: z.literal(true).optional(),
    /** Phrases that only an answer holds which obeyed the hostile text. */
    forbidden: z.array(z.string()).optional(),
    note: z.string().optional(),
  }),
  split: z.enum(['tune', 'holdout']),
});
export type SampleTicket = z.infer<typeof sampleTicketSchema>;

const rows = <Row>(name: string, schema: z.ZodType<Row>): Row[] =>
  readFileSync(join(packageRoot(), 'samples', name), 'utf8')
    .split('\n')
    .filter((line) => line.trim() !== '')
    .map((line) => schema.parse(JSON.parse(line)));

/** The unsolved sample tickets with what a good outcome is, in the order in which they came. */
export const readSampleTickets = (): SampleTicket[] => rows('unsolved-tickets.jsonl', sampleTicketSchema);

/** The solved sample tickets in the order in which they came. */
export const readSolvedSamples = (): SolvedSample[] => rows('solved-tickets.jsonl', solvedTicketSchema);
