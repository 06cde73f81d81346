import type { PromptMessage } from '../../../agents/ports.js';
import { priceOf } from './prices.js';
import type { ProviderRequest } from './provider.js';
import type { Collector } from './reply.js';

/** Characters a token, roughly, in European languages. */
const TOKEN = 4;
/** Where a model's context is not known, more than this in one call is a mistake of its provider. */
const MOST_TOKENS = 2_000_000;

export interface Tokens {
  readonly inputTokens: number;
  readonly outputTokens: number;
  /** True where the provider reported nothing, or what cannot be. */
  readonly estimated: boolean;
}

/** Tokens that a request will be read as, roughly. */
export function estimateInput({
  messages,
  tools,
  output,
}: Pick<ProviderRequest, 'messages' | 'tools' | 'output'>) {
  const characters =
    messages.reduce((sum, message) => sum + lengthOf(message), 0) +
    (tools.length > 0 ? JSON.stringify(tools).length : 0) +
    (output ? JSON.stringify(output.schema).length : 0);
  return Math.ceil(characters / TOKEN);
}

const lengthOf = (message: PromptMessage): number =>
  message.text.length +
  (message.role === 'assistant' && message.toolCalls ? JSON.stringify(message.toolCalls).length : 0);

/** What one request used: as the provider reports it, or estimated where it reports nothing or what cannot be. */
export function tokensOf(
  spec: string,
  request: Pick<ProviderRequest, 'messages' | 'tools' | 'output'>,
  collector: Pick<Collector, 'usage' | 'written' | 'hasBegun'>,
): Tokens {
  if (!collector.hasBegun()) return { inputTokens: 0, outputTokens: 0, estimated: false };
  const reported = collector.usage();
  const most = priceOf(spec)?.context ?? MOST_TOKENS;
  const inputTokens = plausible(reported?.inputTokens, 1, most);
  const outputTokens = plausible(reported?.outputTokens, collector.written() > 0 ? 1 : 0, most);
  return {
    inputTokens: inputTokens ?? estimateInput(request),
    outputTokens: outputTokens ?? Math.ceil(collector.written() / TOKEN),
    estimated: inputTokens === undefined || outputTokens === undefined,
  };
}

const plausible = (count: unknown, least: number, most: number): number | undefined =>
  typeof count === 'number' && Number.isInteger(count) && count >= least && count <= most ? count : undefined;
