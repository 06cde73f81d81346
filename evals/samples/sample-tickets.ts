import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { z } from 'zod';
import { packageRoot } from '../../src/config/package-root.js';

const sampleTicketSchema = z.looseObject({
  id: z.string(),
  subject: z.string(),
  body: z.string(),
  locale: z.string().optional(),
  expected: z.looseObject({
    outcome: z.enum(['answer', 'handoff']),
    category: z.string(),
    queue: z.string(),
    priority: z.string(),
    articles: z.array(z.string()),
    facts: z.array(z.string()),
  }),
  split: z.enum(['tune', 'holdout']),
});
export type SampleTicket = z.infer<typeof sampleTicketSchema>;

/** The unsolved sample tickets with what a good outcome is. */
export function readSampleTickets(): SampleTicket[] {
  return readFileSync(join(packageRoot(), 'samples', 'unsolved-tickets.jsonl'), 'utf8')
    .split('\n')
    .filter((line) => line.trim() !== '')
    .map((line) => sampleTicketSchema.parse(JSON.parse(line)));
}
