import { z } from 'zod';
import { ERROR_CATALOGUE, type ErrorCode } from '../../../agents/contracts/index.js';

/** RFC 9457 problem details with the members of our error catalogue. */
export const problemSchema = z
  .object({
    type: z.url().describe('identifies the kind of problem'),
    title: z.string(),
    status: z.int(),
    code: z.enum(Object.keys(ERROR_CATALOGUE) as [ErrorCode, ...ErrorCode[]]),
    detail: z.string().describe('one plain sentence about this occurrence'),
    kept: z.string().describe('what was saved in spite of the failure'),
    next: z.string().describe('what to do now'),
    retryable: z.boolean(),
    errors: z
      .array(z.object({ pointer: z.string().describe('JSON Pointer into the request'), message: z.string() }))
      .optional(),
    correlationId: z.string().describe('also in the header `X-Correlation-Id`; quote it in a report'),
  })
  .meta({ id: 'Problem' });
export type Problem = z.infer<typeof problemSchema>;
