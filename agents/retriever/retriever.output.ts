import { z } from 'zod';

/** What the retriever prompt asks of its model. */
export const retrieverOutput = z.object({
  queries: z
    .array(z.string())
    .min(1)
    .max(4)
    .describe('search queries made of the words of the message that matter, the most important first'),
});
export type RetrieverOutput = z.infer<typeof retrieverOutput> & { readonly passage?: string };

/** The same, with the passage that a prompt with `hyde` asks for. */
export const retrieverOutputWithPassage = retrieverOutput.extend({
  passage: z
    .string()
    .describe('what a document that answers the message would say, in two or three sentences'),
});

/** What it is asked for where it reranks. */
export const orderOutput = z.object({
  order: z.array(z.string()).describe('ids of the candidates, the one that answers the message best first'),
});
