import type { BaseLanguageModelInput } from '@langchain/core/language_models/base';
import {
  BaseChatModel,
  type BaseChatModelCallOptions,
  type BindToolsInput,
} from '@langchain/core/language_models/chat_models';
import { AIMessageChunk, type BaseMessage, type UsageMetadata } from '@langchain/core/messages';
import { ChatGenerationChunk, type ChatResult } from '@langchain/core/outputs';
import type { Runnable } from '@langchain/core/runnables';
import { convertToOpenAITool } from '@langchain/core/utils/function_calling';
import { answer } from './answer.js';
import { type Prompt, readPrompt } from './prompt-reader.js';
import { isRecord } from './read-json.js';
import { fillShape } from './schema-filler.js';
import { readShape, type Shape } from './shape.js';
import { type Call, type Offer, pickCalls, readOffers } from './tools.js';

export const OFFLINE_MODEL = 'offline:extractive';

export interface ExtractiveCallOptions extends BaseChatModelCallOptions {
  /** JSON schema of the reply: its content is then one JSON text that fits. */
  outputSchema?: { readonly name: string; readonly schema: Readonly<Record<string, unknown>> };
  /** Tools in OpenAI's form; {@link ExtractiveChatModel.bindTools} fills this in. */
  tools?: readonly unknown[];
}

interface Reply {
  readonly pieces: readonly string[];
  readonly calls: readonly (Call & { readonly id: string })[];
}

/** What LangChain calls the lone tool through which `withStructuredOutput` asks for a reply, unless it is told another. */
const REPLY_TOOL = 'extract';
/** Characters a token, roughly, in European languages. */
const TOKEN = 4;

const shapes = new WeakMap<object, Shape>();
const shapeOf = (schema: object, name: string): Shape => {
  const known = shapes.get(schema) ?? readShape(schema, name);
  shapes.set(schema, known);
  return known;
};

/**
 * A chat model without a network: deterministic, nothing to download, and extractive, that is every word of an answer
 * stands in the messages. It reads labels, descriptions, worked cases, passages, observations and tool schemas from
 * whatever prompt it is given and fills the JSON schema of the reply from them.
 *
 * - Structured output: pass `outputSchema: { name, schema }`, or call `withStructuredOutput`, as for any chat model.
 * - Tools: `bindTools`; calls come in `tool_calls`, and instead of a reply as long as one fits and is not answered.
 * - Usage is estimated and says so in `response_metadata.usageEstimated`.
 *
 * @example
 * const reply = await new ExtractiveChatModel().invoke(messages, { outputSchema: { name: 'triage', schema } });
 * const triage = JSON.parse(reply.text);
 */
export class ExtractiveChatModel extends BaseChatModel<ExtractiveCallOptions> {
  readonly model = OFFLINE_MODEL;

  constructor() {
    super({});
  }

  override _llmType(): string {
    return OFFLINE_MODEL;
  }

  static override lc_name(): string {
    return 'ExtractiveChatModel';
  }

  override getLsParams(): { ls_provider: string; ls_model_name: string; ls_model_type: 'chat' } {
    return { ls_provider: 'offline', ls_model_name: OFFLINE_MODEL, ls_model_type: 'chat' };
  }

  override bindTools(
    tools: BindToolsInput[],
    kwargs?: Partial<ExtractiveCallOptions>,
  ): Runnable<BaseLanguageModelInput, AIMessageChunk, ExtractiveCallOptions> {
    return this.withConfig({ ...kwargs, tools: tools.map((tool) => convertToOpenAITool(tool)) });
  }

  override async _generate(messages: BaseMessage[], options: this['ParsedCallOptions']): Promise<ChatResult> {
    options.signal?.throwIfAborted();
    const { pieces, calls } = reply(messages, options);
    const text = pieces.join('');
    return { generations: [{ text, message: lastChunk(text, messages, text, calls) }] };
  }

  override async *_streamResponseChunks(
    messages: BaseMessage[],
    options: this['ParsedCallOptions'],
  ): AsyncGenerator<ChatGenerationChunk> {
    options.signal?.throwIfAborted();
    const { pieces, calls } = reply(messages, options);
    for (const text of pieces) {
      options.signal?.throwIfAborted();
      yield new ChatGenerationChunk({ text, message: new AIMessageChunk({ content: text }) });
    }
    yield new ChatGenerationChunk({ text: '', message: lastChunk('', messages, pieces.join(''), calls) });
  }
}

function reply(
  messages: readonly BaseMessage[],
  { tools, tool_choice: choice, outputSchema }: ExtractiveCallOptions,
): Reply {
  const prompt = readPrompt(messages);
  const offers = choice === 'none' ? [] : readOffers(tools ?? []);
  const forced = forcedOffer(offers, choice, outputSchema !== undefined);
  const calls = forced
    ? [{ name: forced.name, args: filled(forced.parameters, prompt) }]
    : pickCalls(prompt, offers);
  if (calls.length > 0)
    return { pieces: [], calls: calls.map((call, index) => ({ ...call, id: `call_${index + 1}` })) };
  if (!outputSchema) return { pieces: prosePieces(prompt), calls: [] };
  return { pieces: jsonPieces(filled(shapeOf(outputSchema.schema, outputSchema.name), prompt)), calls: [] };
}

/**
 * The tool that has to be called: the one that `tool_choice` names, or a lone one that must be called or that only
 * describes the reply, as `withStructuredOutput` offers it.
 */
function forcedOffer(
  offers: readonly Offer[],
  choice: ExtractiveCallOptions['tool_choice'],
  hasSchema: boolean,
): Offer | undefined {
  const named = isRecord(choice) && isRecord(choice.function) ? choice.function.name : choice;
  const chosen = offers.find(({ name }) => name === named);
  if (chosen) return chosen;
  const isReply = offers[0]?.name === REPLY_TOOL && !hasSchema;
  return offers.length === 1 && (named === 'any' || named === 'required' || isReply) ? offers[0] : undefined;
}

const filled = (shape: Shape, prompt: Prompt): Record<string, unknown> => {
  const value = fillShape(shape, prompt);
  return isRecord(value) ? value : {};
};

/** JSON cut where a reader can use it: each element of a top-level array is one piece. */
function jsonPieces(value: Readonly<Record<string, unknown>>): string[] {
  const pieces = Object.entries(value).flatMap(([key, member], at) => {
    const head = `${at === 0 ? '{' : ','}${JSON.stringify(key)}:`;
    if (!Array.isArray(member) || member.length === 0) return [head + JSON.stringify(member)];
    const elements = member.map(
      (element, index) => (index === 0 ? `${head}[` : ',') + JSON.stringify(element),
    );
    return [...elements, ']'];
  });
  return pieces.length > 0 ? [...pieces, '}'] : ['{}'];
}

/** Without a schema: the answer as sentences, each with the id of its source. */
const prosePieces = (prompt: Prompt): string[] =>
  answer(prompt).map(({ text, source }, index) => `${index === 0 ? '' : '\n'}${text} [${source}]`);

/** The end of a reply: the tool calls and the usage, estimated from all that was read and written. */
function lastChunk(
  content: string,
  messages: readonly BaseMessage[],
  written: string,
  calls: Reply['calls'],
): AIMessageChunk {
  const chunk = new AIMessageChunk({
    content,
    tool_call_chunks: calls.map(({ id, name, args }, index) => ({
      id,
      name,
      args: JSON.stringify(args),
      index,
      type: 'tool_call_chunk',
    })),
    response_metadata: {
      model_name: OFFLINE_MODEL,
      usageEstimated: true,
      finish_reason: calls.length > 0 ? 'tool_calls' : 'stop',
    },
  });
  const read = messages.reduce((sum, message) => sum + message.text.length, 0);
  const input = Math.ceil(read / TOKEN);
  const output = Math.ceil((written.length + (calls.length > 0 ? JSON.stringify(calls).length : 0)) / TOKEN);
  const usage: UsageMetadata = { input_tokens: input, output_tokens: output, total_tokens: input + output };
  // Under `exactOptionalPropertyTypes` LangChain declares this member as `undefined`, so it cannot be assigned plainly.
  return Object.assign(chunk, { usage_metadata: usage });
}
