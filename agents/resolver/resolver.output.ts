import { z } from 'zod';

/** What the resolver prompt asks of its model: an answer claim by claim. */
export const resolverOutput = z.object({
  claims: z
    .array(
      z.object({
        text: z.string().describe('one sentence or step of the answer'),
        evidence: z.array(z.string()).describe('ids of the evidence that states it'),
      }),
    )
    .describe('the answer, in the order in which it should be read; empty if the evidence does not answer'),
});
export type ResolverOutput = z.infer<typeof resolverOutput>;
