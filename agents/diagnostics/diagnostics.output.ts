import { z } from 'zod';

/** What the diagnostics prompt asks of its model once the tools have answered. */
export const diagnosticsOutput = z.object({
  hypotheses: z
    .array(
      z.object({
        cause: z.string().describe('one of the candidate causes'),
        score: z.number().min(0).max(1),
        supportedBy: z.array(z.string()).describe('ids of observations or evidence that speak for it'),
        refutedBy: z.array(z.string()).describe('ids of observations or evidence that speak against it'),
      }),
    )
    .max(6)
    .describe('the candidate causes, most probable first'),
});
export type DiagnosticsOutput = z.infer<typeof diagnosticsOutput>;
