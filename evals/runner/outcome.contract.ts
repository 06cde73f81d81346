import { z } from 'zod';
import { triageResultSchema } from '../../agents/contracts/triage-result.js';

/** One tool call on the way to an output. */
export const stepSchema = z.object({ tool: z.string(), args: z.unknown().optional() });
export type Step = z.infer<typeof stepSchema>;

/** What one version made of one case, once: all that assertions, measures and reports look at. */
export const outcomeSchema = z.object({
  /** Text, or a value that assertions see as JSON. */
  output: z.unknown(),
  /** Tool calls in order; absent where nobody recorded them. */
  steps: z.array(stepSchema).optional(),
  /** US dollars and milliseconds as they were when it was measured, also where it comes from the cache. */
  costUsd: z.number(),
  latencyMs: z.number(),
  /** Of the agents' targets. */
  result: triageResultSchema.optional(),
  /** Of the retrieval target: document ids, best first, each once. */
  ranked: z.array(z.string()).optional(),
  /** Why there is no output; such an outcome is never cached. */
  error: z.string().optional(),
});
export type Outcome = z.infer<typeof outcomeSchema>;

/** An output as assertions read it. */
export const textOf = (output: unknown): string =>
  typeof output === 'string' ? output : (JSON.stringify(output) ?? '');
