import { z } from 'zod';
import { filterSchema } from './subscription.js';

/** Body of an event stream request. */
export const eventStreamSchema = z
  .object({
    ...filterSchema.shape,
    since: z
      .int()
      .nonnegative()
      .optional()
      .describe('sequence number after which to begin; absent: the start of the run'),
  })
  .meta({ id: 'EventStreamRequest' });
export type EventStreamRequest = z.infer<typeof eventStreamSchema>;
