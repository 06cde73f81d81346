import { createHash } from 'node:crypto';
import type { BedrockRuntimeClient } from '@aws-sdk/client-bedrock-runtime';
import { ChatBedrockConverse } from '@langchain/aws';
import { AIMessage, AIMessageChunk, type BaseMessage, type UsageMetadata } from '@langchain/core/messages';
import { fault } from '../../../agents/contracts/index.js';
import type { PromptMessage } from '../../../agents/ports.js';
import type { Providers } from '../../config/config.schema.js';
import { type BedrockFamily, capabilitiesOf, familyOf } from './bedrock-models.js';
import { bedrockFault, bedrockRuntime } from './bedrock-wire.js';
import { functionTools, toLangChain, wireName } from './langchain-messages.js';
import type { FinishReason, ProviderClient, ProviderRequest, ReplyPart, Sampling } from './provider.js';

const FINISHES: Readonly<Record<string, FinishReason>> = {
  end_turn: 'stop',
  stop_sequence: 'stop',
  tool_use: 'tools',
  max_tokens: 'length',
  content_filtered: 'filter',
  refusal: 'refusal',
  guardrail_intervened: 'guardrail',
  model_context_window_exceeded: 'context',
};

/** Amazon Bedrock's Converse, through LangChain's client over Amazon's. */
export function bedrockClient(modelId: string, spec: string, access: Providers['bedrock']): ProviderClient {
  const client = bedrockRuntime(access);
  const family = familyOf(modelId);
  const chatWith = ({ temperature = 0, maxTokens = family.maxTokens }: Sampling) =>
    new ChatBedrockConverse({
      client,
      model: modelId,
      // Needed by the constructor alone: the client above knows where and as whom it calls.
      region: access.region ?? 'us-east-1',
      temperature,
      streamIdleTimeout: 0,
      supportsToolChoiceValues: [...family.toolChoices],
      ...(maxTokens && { maxTokens }),
    });
  const preset = chatWith({});
  const who = [access.accessKeyId?.reveal(), access.bearerToken?.reveal(), access.profile, access.endpoint];
  return {
    spec,
    lane: createHash('sha256')
      .update(JSON.stringify([spec, access.region, who]))
      .digest('base64url'),
    capabilities: capabilitiesOf(family),
    async *reply(request): AsyncGenerator<ReplyPart> {
      const messages = messagesFor(request.messages, family);
      const options = optionsOf(request, family);
      const chat = request.sampling ? chatWith(request.sampling) : preset;
      try {
        if (request.stream)
          for await (const { message } of chat._streamResponseChunks(messages, options)) {
            request.onBytes();
            if (AIMessageChunk.isInstance(message)) yield* partsOfChunk(message);
          }
        else yield* partsOfWhole((await chat._generate(messages, options)).generations[0]?.message);
      } catch (error) {
        throw bedrockFault(error, request.signal);
      }
    },
    probe: (signal) => probe(client, signal),
  };
}

/** Resolves credentials and the address; asking the model would cost. */
async function probe({ config }: BedrockRuntimeClient, signal: AbortSignal): Promise<string> {
  try {
    const region = await config.region();
    await config.credentials();
    return `credentials for ${region} are there; the model itself was not asked`;
  } catch (error) {
    throw bedrockFault(error, signal);
  }
}

function optionsOf(request: ProviderRequest, { toolChoices }: BedrockFamily) {
  const { output, tools, signal } = request;
  const offered = functionTools(request);
  const named = tools.length === 0 && toolChoices.includes('tool') ? wireName(output?.name ?? '') : 'any';
  const choice = output?.form === 'tool' ? named : undefined;
  return {
    signal,
    ...(offered.length > 0 && { tools: offered }),
    ...(choice && { tool_choice: choice }),
  };
}

/** Models without system messages are told the rules at the beginning of the first user message. */
function messagesFor(messages: readonly PromptMessage[], { system }: BedrockFamily): BaseMessage[] {
  if (system) return messages.map(toLangChain);
  const rules = messages.flatMap(({ role, text }) => (role === 'system' ? [text] : []));
  const rest = messages.filter(({ role }) => role !== 'system');
  const first = rest.findIndex(({ role }) => role === 'user');
  return rest.map((message, place) =>
    toLangChain(place === first ? { role: 'user', text: [...rules, message.text].join('\n\n') } : message),
  );
}

function* partsOfChunk(chunk: AIMessageChunk): Generator<ReplyPart> {
  if (chunk.text !== '') yield { type: 'text', text: chunk.text };
  for (const [place, { index, id, name, args }] of (chunk.tool_call_chunks ?? []).entries())
    yield {
      ...{ type: 'toolCall', index: index ?? place, args: args ?? '' },
      ...(id && { id }),
      ...(name && { name }),
    };
  yield* usageOf(chunk.usage_metadata);
  const stop = stopOf(chunk.response_metadata.messageStop);
  if (stop) yield finishOf(stop);
}

function* partsOfWhole(message: BaseMessage | undefined): Generator<ReplyPart> {
  if (!AIMessage.isInstance(message)) throw fault('MODEL_BAD_RESPONSE');
  if (message.text !== '') yield { type: 'text', text: message.text };
  for (const [index, { id, name, args }] of (message.tool_calls ?? []).entries())
    yield { ...{ type: 'toolCall', index, name, args: JSON.stringify(args) }, ...(id && { id }) };
  yield* usageOf(message.usage_metadata);
  const stop = stopOf(message.response_metadata);
  if (stop) yield finishOf(stop);
}

function stopOf(metadata: unknown): string | null {
  if (typeof metadata !== 'object' || metadata === null || !('stopReason' in metadata)) return null;
  return String(metadata.stopReason);
}

function* usageOf(usage: UsageMetadata | undefined): Generator<ReplyPart> {
  if (usage) yield { type: 'usage', inputTokens: usage.input_tokens, outputTokens: usage.output_tokens };
}

function finishOf(name: string): ReplyPart {
  const reason = Object.hasOwn(FINISHES, name) ? FINISHES[name] : undefined;
  if (!reason)
    throw fault('MODEL_BAD_RESPONSE', { detail: 'The provider stopped for a reason that is not known.' });
  return { type: 'finish', reason };
}
