import { createHash } from 'node:crypto';
import { ChatOpenAICompletions, convertMessagesToCompletionsMessageParams } from '@langchain/openai';
import type { Secret } from '../../config/secret.js';
import { functionTools, toLangChain, wireName } from './langchain-messages.js';
import { streamedParts, wholeParts } from './openai-reply.js';
import type { OutputForm, OutputShape, ProviderClient, ProviderRequest, ReplyPart } from './provider.js';
import { bodyChunks, providerFetch, wireFault } from './provider-fetch.js';
import { strictSchema } from './strict-schema.js';

export interface OpenAIOptions {
  readonly spec: string;
  readonly model: string;
  readonly baseUrl: string;
  /** Without it no `Authorization` is sent: never the key of another provider. */
  readonly key?: Secret;
  /** Another server than OpenAI's: what it can do is only found by asking. */
  readonly isCompatible: boolean;
}

/** Models that think first take no temperature. */
const REASONING = /^(o\d|gpt-5)/;
const FORMS: readonly OutputForm[] = ['schema', 'tool', 'object'];

/**
 * OpenAI's chat completions, or a server that speaks them. Requests are built by LangChain's client; replies are read from
 * the raw bytes, because the client would repair what broke off.
 */
export function openAIClient({ spec, model, baseUrl, key, isCompatible }: OpenAIOptions): ProviderClient {
  const chat = new ChatOpenAICompletions({
    model,
    apiKey: key?.reveal() ?? 'none',
    maxRetries: 0,
    ...(!REASONING.test(model) && { temperature: 0 }),
    configuration: {
      baseURL: baseUrl,
      fetch: providerFetch(!key),
      logLevel: 'off',
      ...(isCompatible && { organization: null, project: null }),
    },
  });
  chat._getClientOptions(undefined);

  const send = async (request: ProviderRequest): Promise<Response> => {
    const tools = functionTools(request);
    const params = {
      // LangChain reads what it knows of the options; the rest of its type is for callbacks.
      ...chat.invocationParams({ ...(tools.length > 0 && { tools }) }, { streaming: request.stream }),
      ...formParams(request),
      ...samplingParams(model, request),
      messages: convertMessagesToCompletionsMessageParams({
        messages: request.messages.map(toLangChain),
        model,
      }),
      stream: request.stream,
    };
    try {
      return await chat.client.chat.completions.create(params, { signal: request.signal }).asResponse();
    } catch (error) {
      throw wireFault(error, request.signal, 'MODEL_FAILED');
    }
  };

  return {
    spec,
    lane: createHash('sha256')
      .update(JSON.stringify([spec, baseUrl, key?.reveal() ?? null]))
      .digest('base64url'),
    capabilities: { tools: true, forms: FORMS, mayRefuseForms: isCompatible, streams: 'all' },
    async *reply(request): AsyncGenerator<ReplyPart> {
      const response = await send(request);
      const bytes = bodyChunks(response, request.signal, request.onBytes);
      const isStream = request.stream && !/json|html/.test(response.headers.get('content-type') ?? '');
      try {
        yield* isStream ? streamedParts(bytes) : wholeParts(bytes);
      } catch (error) {
        throw wireFault(error, request.signal, 'MODEL_STREAM_TRUNCATED');
      }
    },
    async probe(signal) {
      try {
        await chat.client.models.list({ signal }).asResponse();
        return `${new URL(baseUrl).host} answers`;
      } catch (error) {
        throw wireFault(error, signal, 'MODEL_FAILED');
      }
    },
  };
}

function samplingParams(model: string, { sampling = {} }: ProviderRequest) {
  const { temperature, maxTokens } = sampling;
  const thinks = REASONING.test(model);
  return {
    ...(temperature !== undefined && !thinks && { temperature }),
    ...(maxTokens !== undefined && { [thinks ? 'max_completion_tokens' : 'max_tokens']: maxTokens }),
  };
}

/** How the reply's form is asked for. */
function formParams({ output, tools }: ProviderRequest) {
  if (!output) return {};
  const asked: Record<OutputForm, (shape: OutputShape) => object> = {
    schema: ({ name, schema }) => ({
      response_format: {
        type: 'json_schema',
        json_schema: { name: wireName(name), ...strictSchema(schema) },
      },
    }),
    tool: ({ name }) => ({
      tool_choice: tools.length > 0 ? 'required' : { type: 'function', function: { name: wireName(name) } },
    }),
    object: ({ schema }) => ({ response_format: { type: 'json_object', schema } }),
    text: () => ({}),
  };
  return asked[output.form](output);
}
