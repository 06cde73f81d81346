import type { BaseChatModel } from '@langchain/core/language_models/chat_models';
import {
  AIMessage,
  type AIMessageChunk,
  type BaseMessage,
  HumanMessage,
  SystemMessage,
  ToolMessage,
  type UsageMetadata,
} from '@langchain/core/messages';
import { z } from 'zod';
import { fault } from '../../../agents/contracts/index.js';
import type { ChatModels, ModelCall, ModelReply, PromptMessage } from '../../../agents/ports.js';
import type { RunContext } from '../../../agents/run-context.js';
import { sessionOf } from '../runs/run-session.js';
import { elementScanner } from './json-elements.js';

/** A model that is ready to be called: the spec that names it and the client behind it. */
export interface NamedModel {
  readonly spec: string;
  readonly client: BaseChatModel;
}

/** A strict parse that failed is asked again once, with the reason. */
const ASKS = 2;

type Recorded = Omit<ModelReply<unknown>, 'output'> & { readonly output?: unknown };

const schemas = new WeakMap<z.ZodType, Record<string, unknown>>();
const jsonSchemaOf = (schema: z.ZodType): Record<string, unknown> => {
  const known = schemas.get(schema);
  if (known) return known;
  const made = z.toJSONSchema(schema, { io: 'input' });
  schemas.set(schema, made);
  return made;
};

/**
 * The port through which every agent calls its model: budget first, then the journal, then the provider. A recorded
 * reply is given again, element by element, without a call.
 */
export function createChatModels(
  modelFor: (call: ModelCall<unknown>, run: RunContext) => NamedModel,
): ChatModels {
  return {
    async call<Output>(call: ModelCall<Output>, run: RunContext): Promise<ModelReply<Output>> {
      const session = sessionOf(run);
      const { spec, client } = modelFor(call, run);
      if (session.meter.calls() >= run.limits.modelCalls)
        throw fault('RUN_LIMIT', { detail: `The run may make ${run.limits.modelCalls} model calls.` });
      session.meter.request();
      let live = false;
      const recorded = await run.effects.once<Recorded>(
        { kind: 'model', agent: call.agent, visit: call.visit, request: requestOf(call, spec) },
        () => {
          live = true;
          return ask(call, spec, client, run.signal);
        },
      );
      session.meter.reply(call.agent, recorded);
      const output = call.output ? call.output.schema.parse(recorded.output) : undefined;
      if (!live && call.onElement) {
        const elements = (recorded.output as Record<string, unknown> | undefined)?.[call.onElement.key];
        if (Array.isArray(elements)) elements.forEach(call.onElement.handle);
      }
      return { ...recorded, output };
    },
  };
}

const requestOf = ({ messages, output, tools }: ModelCall<unknown>, spec: string) =>
  JSON.stringify([spec, messages, output?.name ?? null, (tools ?? []).map(({ name }) => name)]);

async function ask<Output>(
  call: ModelCall<Output>,
  spec: string,
  client: BaseChatModel,
  signal: AbortSignal,
): Promise<Recorded> {
  const messages = call.messages.map(toLangChain);
  const options = {
    signal,
    ...(call.output && {
      outputSchema: { name: call.output.name, schema: jsonSchemaOf(call.output.schema) },
    }),
  };
  const bound =
    call.tools?.length && client.bindTools
      ? client.bindTools(call.tools.map(toolOf), options)
      : client.withConfig(options);
  let problem = '';
  for (let attempt = 0; attempt < ASKS; attempt += 1) {
    const scanner =
      call.onElement && attempt === 0 ? elementScanner(call.onElement.key, call.onElement.handle) : null;
    let whole: AIMessageChunk | null = null as AIMessageChunk | null;
    let text = '';
    for await (const chunk of await bound.stream(messages, options)) {
      const piece = chunk.text;
      text += piece;
      scanner?.push(piece);
      whole = whole ? whole.concat(chunk) : chunk;
    }
    const toolCalls = (whole?.tool_calls ?? []).map(({ id, name, args }, index) => ({
      id: id ?? `call_${call.visit}_${index}`,
      name,
      args,
    }));
    const reply = { text, toolCalls, model: spec, usage: usageOf(whole, messages, text) };
    if (!call.output || toolCalls.length > 0) return reply;
    const parsed = parse(text, call.output.schema);
    if (parsed.ok) return { ...reply, output: parsed.value };
    problem = parsed.problem;
    messages.push(
      new AIMessage(text),
      new HumanMessage(`The reply was not usable: ${problem}. Reply again with one JSON object only.`),
    );
  }
  throw fault('MODEL_OUTPUT_INVALID', {
    detail: `The model of ${call.agent} did not keep to the form: ${problem}`,
  });
}

function parse<Output>(
  text: string,
  schema: z.ZodType<Output>,
): { ok: true; value: Output } | { ok: false; problem: string } {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch (error) {
    return { ok: false, problem: error instanceof Error ? error.message : 'not JSON' };
  }
  const checked = schema.safeParse(value);
  return checked.success
    ? { ok: true, value: checked.data }
    : { ok: false, problem: z.prettifyError(checked.error) };
}

const toolOf = ({ name, description, input }: NonNullable<ModelCall<unknown>['tools']>[number]) => ({
  type: 'function' as const,
  function: { name, description, parameters: jsonSchemaOf(input) },
});

function toLangChain(message: PromptMessage): BaseMessage {
  switch (message.role) {
    case 'system':
      return new SystemMessage(message.text);
    case 'user':
      return new HumanMessage(message.text);
    case 'tool':
      return new ToolMessage({ content: message.text, tool_call_id: message.toolCallId });
    case 'assistant':
      return new AIMessage({
        content: message.text,
        tool_calls: (message.toolCalls ?? []).map(({ id, name, args }) => ({
          id,
          name,
          args: { ...args },
          type: 'tool_call',
        })),
      });
  }
}

interface Metered {
  readonly usage_metadata?: UsageMetadata | undefined;
  readonly response_metadata: Readonly<Record<string, unknown>>;
}

/** What the provider reports, or about four characters a token, flagged as estimated. */
function usageOf(reply: Metered | null, messages: readonly BaseMessage[], text: string) {
  const reported = reply?.usage_metadata;
  const estimated = !reported || reply.response_metadata.usageEstimated === true;
  const characters = () => messages.reduce((sum, message) => sum + message.text.length, 0);
  return {
    inputTokens: reported?.input_tokens ?? Math.ceil(characters() / 4),
    outputTokens: reported?.output_tokens ?? Math.ceil(text.length / 4),
    estimated,
  };
}
