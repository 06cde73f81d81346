import { z } from 'zod';

/** What the retriever prompt asks of its model. */
export const retrieverOutput = z.object({
  queries: z
    .array(z.string())
    .min(1)
    .max(4)
    .describe('search queries made of the words of the message that matter, the most important first'),
});
export type RetrieverOutput = z.infer<typeof retrieverOutput>;
