import type { PromptMessage } from '../../../agents/ports.js';

export type JsonSchema = Readonly<Record<string, unknown>>;

/** A tool as a provider is told of it. */
export interface ToolShape {
  readonly name: string;
  readonly description: string;
  readonly parameters: JsonSchema;
}

/**
 * How a model is made to answer in a form: its own `schema` mode (or grammar), a `tool` that it has to call, `object`
 * mode with the schema in the prompt, or plain `text` with the schema in the prompt.
 */
export type OutputForm = 'schema' | 'tool' | 'object' | 'text';

export interface OutputShape {
  readonly name: string;
  readonly schema: JsonSchema;
  readonly form: OutputForm;
}

/** How a model writes: the provider's preset where absent, which is a temperature of 0 wherever there is one. */
export interface Sampling {
  readonly temperature?: number;
  /** Most tokens of the reply. */
  readonly maxTokens?: number;
}

export interface ProviderRequest {
  readonly messages: readonly PromptMessage[];
  readonly sampling?: Sampling;
  readonly tools: readonly ToolShape[];
  readonly output?: OutputShape;
  readonly stream: boolean;
  /** Its abort closes the socket. */
  readonly signal: AbortSignal;
  /** Called whenever bytes of the reply arrive, also those that say nothing yet. */
  readonly onBytes: () => void;
}

/** Why a model stopped. `stop` and `tools` are whole replies; the others are each a failure of their own. */
export type FinishReason = 'stop' | 'tools' | 'length' | 'filter' | 'refusal' | 'guardrail' | 'context';

/** One piece of a reply. Arguments of a tool call come as raw text, so that nothing is repaired on the way. */
export type ReplyPart =
  | { readonly type: 'text'; readonly text: string }
  | {
      readonly type: 'toolCall';
      readonly index: number;
      readonly id?: string;
      readonly name?: string;
      readonly args: string;
    }
  | { readonly type: 'usage'; readonly inputTokens: unknown; readonly outputTokens: unknown }
  | { readonly type: 'finish'; readonly reason: FinishReason };

export interface Capabilities {
  readonly tools: boolean;
  /** Ways to structured output that the model has, best first. */
  readonly forms: readonly OutputForm[];
  /** True where only the server knows which of `forms` it has: a refusal of one leads to the next. */
  readonly mayRefuseForms: boolean;
  /** What of its replies can be streamed: all, those without tools, or nothing. */
  readonly streams: 'all' | 'text' | 'nothing';
  /** Tokens that the model can read and write together; absent where unknown. */
  readonly contextTokens?: number;
}

/**
 * One model behind one port. Adapters translate and classify; they never wait, retry or repair.
 *
 * `reply` throws a fault of the catalogue and ends without a `finish` part where the provider just stopped.
 */
export interface ProviderClient {
  readonly spec: string;
  /** Provider, model and credential as one opaque key: what fails together. Null where no wire is involved. */
  readonly lane: string | null;
  readonly capabilities: Capabilities;
  reply(request: ProviderRequest): AsyncIterable<ReplyPart>;
  /** Looks whether the model could be asked, without asking it. Resolves with what was found, for `doctor`. */
  probe(signal: AbortSignal): Promise<string>;
}
