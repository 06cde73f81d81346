import { parse } from 'yaml';
import { z } from 'zod';
import { modelSpecSchema } from '../../config/model-spec.js';

export const VERSION = /^\d+\.\d+\.\d+(?:-[\w.]+)?$/;

/** What a prompt asks of its model call; what is absent is as the configuration and the provider have it. */
const settingsSchema = z.strictObject({
  model: modelSpecSchema.exactOptional(),
  temperature: z.number().min(0).max(2).exactOptional(),
  /** Most tokens of the reply. */
  maxTokens: z.int().min(1).max(200_000).exactOptional(),
});
export type PromptSettings = z.output<typeof settingsSchema>;

const retrievalSchema = z.strictObject({
  limit: z.int().min(1).max(8).exactOptional(),
  decompose: z.boolean().exactOptional(),
  hyde: z.boolean().exactOptional(),
  rerank: z.int().min(2).max(24).exactOptional(),
});

const frontMatterSchema = z.strictObject({
  name: z.string(),
  version: z.string().regex(VERSION, 'expected a version such as 1.2.0'),
  description: z.string().default(''),
  config: settingsSchema.default({}),
  input: z.strictObject({ schema: z.unknown() }),
  /** For readers and other Dotprompt tools: what a reply must be is the agent's own schema. */
  output: z.strictObject({ format: z.string().optional(), schema: z.unknown() }).partial().optional(),
  'triagent.changelog': z.string().default(''),
  'triagent.retrieval': retrievalSchema.default({}),
});
export type FrontMatter = z.output<typeof frontMatterSchema>;

const FILE = /^---\r?\n([\s\S]*?)\r?\n---\r?\n([\s\S]*)$/;

/** Takes a Dotprompt file apart. @throws TypeError */
export function splitFile(source: string): { readonly head: string; readonly body: string } {
  const [, head, body] = FILE.exec(source) ?? [];
  if (head === undefined || body === undefined)
    throw new TypeError('there is no front matter between --- lines');
  return { head, body };
}

/** @throws TypeError, or what YAML and the schema find wrong */
export function readFrontMatter(source: string): { readonly meta: FrontMatter; readonly body: string } {
  const { head, body } = splitFile(source);
  return { meta: frontMatterSchema.parse(parse(head)), body };
}
