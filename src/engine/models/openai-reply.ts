import { z } from 'zod';
import { fault } from '../../../agents/contracts/index.js';
import { providerFault } from './model-faults.js';
import type { FinishReason, ReplyPart } from './provider.js';
import { eventData } from './sse.js';

const text = z.string().nullish();
const calledFunction = z.looseObject({ name: text, arguments: text });
const toolCall = z.looseObject({
  index: z.number().int().nullish(),
  id: text,
  function: calledFunction.nullish(),
});
const message = z.looseObject({ content: text, refusal: text, tool_calls: z.array(toolCall).nullish() });
const usage = z.looseObject({
  prompt_tokens: z.unknown().optional(),
  completion_tokens: z.unknown().optional(),
});
const problem = z.looseObject({
  message: z.unknown().optional(),
  type: z.unknown().optional(),
  code: z.unknown().optional(),
});

/** A chat completion, whole (`message`) or one chunk of it (`delta`); `error` is how failures arrive inside a stream. */
const completion = z.looseObject({
  choices: z
    .array(
      z.looseObject({
        index: z.number().int().nullish(),
        delta: message.nullish(),
        message: message.nullish(),
        finish_reason: text,
      }),
    )
    .nullish(),
  usage: usage.nullish(),
  error: z.union([problem, z.string()]).nullish(),
});
type Completion = z.infer<typeof completion>;

const FINISHES: Readonly<Record<string, FinishReason>> = {
  stop: 'stop',
  eos: 'stop',
  eos_token: 'stop',
  stop_sequence: 'stop',
  tool_calls: 'tools',
  function_call: 'tools',
  length: 'length',
  content_filter: 'filter',
};

/** Reads a streamed chat completion. `[DONE]` alone ends it too: some servers name no reason. */
export async function* streamedParts(bytes: AsyncIterable<Uint8Array>): AsyncGenerator<ReplyPart> {
  let hasFinished = false;
  for await (const data of eventData(bytes)) {
    if (data === '[DONE]') {
      if (!hasFinished) yield { type: 'finish', reason: 'stop' };
      return;
    }
    for (const part of partsOf(parse(data))) {
      hasFinished ||= part.type === 'finish';
      yield part;
    }
  }
}

/** Reads a chat completion that arrives in one piece. */
export async function* wholeParts(bytes: AsyncIterable<Uint8Array>): AsyncGenerator<ReplyPart> {
  const chunks: Uint8Array[] = [];
  for await (const chunk of bytes) chunks.push(chunk);
  const parts = [...partsOf(parse(decode(Buffer.concat(chunks))))];
  if (parts.length === 0) throw unreadable();
  yield* parts;
}

/** A body that broke off is no JSON, so nothing of it counts. */
function decode(body: Uint8Array): string {
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(body);
  } catch (cause) {
    throw unreadable(cause);
  }
}

function parse(json: string): Completion {
  try {
    return completion.parse(JSON.parse(json));
  } catch (cause) {
    throw unreadable(cause);
  }
}

const unreadable = (cause?: unknown) =>
  fault('MODEL_BAD_RESPONSE', { detail: 'The provider’s reply is no chat completion.', cause });

function* partsOf({ choices, usage: spent, error }: Completion): Generator<ReplyPart> {
  if (error) throw errorOf(error);
  if (spent) yield { type: 'usage', inputTokens: spent.prompt_tokens, outputTokens: spent.completion_tokens };
  const choice = choices?.find(({ index }) => (index ?? 0) === 0);
  if (!choice) return;
  const said = choice.delta ?? choice.message;
  if (said?.content) yield { type: 'text', text: said.content };
  for (const [place, call] of (said?.tool_calls ?? []).entries())
    yield {
      type: 'toolCall',
      index: call.index ?? place,
      ...(call.id && { id: call.id }),
      ...(call.function?.name && { name: call.function.name }),
      args: call.function?.arguments ?? '',
    };
  if (said?.refusal) yield { type: 'finish', reason: 'refusal' };
  else if (choice.finish_reason) yield { type: 'finish', reason: finishOf(choice.finish_reason) };
}

function finishOf(name: string): FinishReason {
  const reason = Object.hasOwn(FINISHES, name) ? FINISHES[name] : undefined;
  if (reason) return reason;
  throw fault('MODEL_BAD_RESPONSE', { detail: 'The provider stopped for a reason that is not known.' });
}

function errorOf(error: NonNullable<Completion['error']>) {
  if (typeof error === 'string') return providerFault({ names: [], message: error });
  const { code, type, message: told } = error;
  const status = typeof code === 'number' ? code : undefined;
  return providerFault({ status, names: [code, type], message: typeof told === 'string' ? told : '' });
}
