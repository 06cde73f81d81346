import { z } from 'zod';

/** What the critic prompt asks of its model, after the deterministic evidence check. */
export const criticOutput = z.object({
  parts: z
    .array(
      z.object({
        part: z.string().describe('one thing that the message asks for, in its own words'),
        answeredBy: z.array(z.string()).describe('ids of the claims that answer it; empty if none does'),
      }),
    )
    .describe('every part of the question'),
  offTopic: z.array(z.string()).describe('ids of the claims that do not belong to the question'),
});
export type CriticOutput = z.infer<typeof criticOutput>;
