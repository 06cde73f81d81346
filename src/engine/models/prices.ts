/** What a model costs, in US dollars for a million tokens, and what it can read and write together. */
export interface ModelPrice {
  readonly input: number;
  readonly output: number;
  /** Tokens. */
  readonly context: number;
}

/** The day on which the lists below were read. Prices change: check them before you rely on a budget. */
export const PRICES_AS_OF = '2025-11-01';

const price = (input: number, output: number, context: number): ModelPrice => ({ input, output, context });

/** OpenAI's list (platform.openai.com/docs/pricing), standard tier. Dated snapshots cost what their name costs. */
const OPENAI: Readonly<Record<string, ModelPrice>> = {
  'gpt-4o': price(2.5, 10, 128_000),
  'gpt-4o-mini': price(0.15, 0.6, 128_000),
  'gpt-4.1': price(2, 8, 1_047_576),
  'gpt-4.1-mini': price(0.4, 1.6, 1_047_576),
  'gpt-4.1-nano': price(0.1, 0.4, 1_047_576),
};

/** Amazon's list (aws.amazon.com/bedrock/pricing), on demand, US regions. Regional prefixes (`us.`, `eu.` …) are left out. */
const BEDROCK: Readonly<Record<string, ModelPrice>> = {
  'anthropic.claude-3-haiku-20240307-v1:0': price(0.25, 1.25, 200_000),
  'anthropic.claude-3-5-haiku-20241022-v1:0': price(0.8, 4, 200_000),
  'anthropic.claude-3-5-sonnet-20240620-v1:0': price(3, 15, 200_000),
  'anthropic.claude-3-5-sonnet-20241022-v2:0': price(3, 15, 200_000),
  'anthropic.claude-3-7-sonnet-20250219-v1:0': price(3, 15, 200_000),
  'anthropic.claude-sonnet-4-20250514-v1:0': price(3, 15, 200_000),
  'anthropic.claude-sonnet-4-5-20250929-v1:0': price(3, 15, 200_000),
  'anthropic.claude-haiku-4-5-20251001-v1:0': price(1, 5, 200_000),
  'amazon.nova-micro-v1:0': price(0.035, 0.14, 128_000),
  'amazon.nova-lite-v1:0': price(0.06, 0.24, 300_000),
  'amazon.nova-pro-v1:0': price(0.8, 3.2, 300_000),
  'amazon.titan-text-lite-v1': price(0.15, 0.2, 4_096),
  'amazon.titan-text-express-v1': price(0.2, 0.6, 8_192),
  'amazon.titan-text-premier-v1:0': price(0.5, 1.5, 32_768),
  'meta.llama3-1-8b-instruct-v1:0': price(0.22, 0.22, 128_000),
  'meta.llama3-1-70b-instruct-v1:0': price(0.72, 0.72, 128_000),
  'meta.llama3-3-70b-instruct-v1:0': price(0.72, 0.72, 128_000),
};

const bare: Readonly<Record<string, (model: string) => ModelPrice | undefined>> = {
  openai: (model) => OPENAI[model] ?? OPENAI[model.replace(/-\d{4}-\d{2}-\d{2}$/, '')],
  bedrock: (model) => BEDROCK[model.replace(/^(?:us|eu|apac|jp|au|global|us-gov)\./, '')],
};

/** The price of a spec's model; undefined where it is not in the table, as for everything that runs on one's own machines. */
export function priceOf(spec: string): ModelPrice | undefined {
  const colon = spec.indexOf(':');
  const provider = spec.slice(0, colon);
  return Object.hasOwn(bare, provider) ? bare[provider]?.(spec.slice(colon + 1)) : undefined;
}

/** US dollars of so many tokens; 0 where no price is known. */
export function costOf(spec: string, tokens: { inputTokens: number; outputTokens: number }): number {
  const known = priceOf(spec);
  return known ? (tokens.inputTokens * known.input + tokens.outputTokens * known.output) / 1_000_000 : 0;
}
