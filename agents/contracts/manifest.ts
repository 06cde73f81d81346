import { z } from 'zod';

/** Exactly what a result came from; `hash` covers the other fields. */
export const manifestSchema = z.object({
  hash: z.string(),
  /** Prompt version by agent. */
  prompts: z.record(z.string(), z.string()),
  /** The content of that version; absent in runs of earlier versions. */
  promptHashes: z.record(z.string(), z.string()).optional(),
  /** The model that really answered, by agent. */
  models: z.record(z.string(), z.string()),
  graph: z.string(),
  tools: z.record(z.string(), z.string()),
  knowledge: z.string(),
});
export type Manifest = z.infer<typeof manifestSchema>;

const modelUsageSchema = z.object({
  inputTokens: z.number().int(),
  outputTokens: z.number().int(),
  /** True where any part was estimated because the provider reported none, or what cannot be. */
  estimated: z.boolean(),
  /** 0 for models without a known price. */
  costUsd: z.number(),
  /** Requests sent, repeated ones included. */
  modelCalls: z.number().int(),
});

export const usageSchema = modelUsageSchema.extend({
  toolCalls: z.number().int(),
  /** The same by agent; absent in runs of earlier versions. */
  agents: z.record(z.string(), modelUsageSchema).optional(),
});
export type Usage = z.infer<typeof usageSchema>;
