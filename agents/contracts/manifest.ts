import { z } from 'zod';

/** Exactly what a result came from; `hash` covers the other fields. */
export const manifestSchema = z.object({
  hash: z.string(),
  prompts: z.record(z.string(), z.string()),
  /** The model that really answered, by agent. */
  models: z.record(z.string(), z.string()),
  graph: z.string(),
  tools: z.record(z.string(), z.string()),
  knowledge: z.string(),
});
export type Manifest = z.infer<typeof manifestSchema>;

export const usageSchema = z.object({
  inputTokens: z.number().int(),
  outputTokens: z.number().int(),
  /** True where any part was estimated because the provider reported none. */
  estimated: z.boolean(),
  costUsd: z.number(),
  modelCalls: z.number().int(),
  toolCalls: z.number().int(),
});
export type Usage = z.infer<typeof usageSchema>;
