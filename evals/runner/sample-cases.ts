import { readSampleTickets } from '../samples/sample-tickets.js';
import type { EvalCase } from './case.js';

/** Which of the unsolved sample tickets: the half for tuning, the half that nothing may be chosen on, or both. */
export const SAMPLE_CASES = ['all', 'tune', 'holdout'] as const;

/** The unsolved sample tickets as cases; what a good outcome is becomes their labels. */
export const casesOfSamples = (which: (typeof SAMPLE_CASES)[number]): EvalCase[] =>
  readSampleTickets()
    .filter(({ split }) => which === 'all' || split === which)
    .map(({ id, subject, body, createdAt, locale, requester, expected, split }) => ({
      id,
      description: subject,
      vars: { subject, body, createdAt, locale, ...(requester && { requester }) },
      assert: [],
      metadata: { id, family: expected.duplicateOf ?? id, split, expected },
    }));
