import { stat } from 'node:fs/promises';
import { basename } from 'node:path';
import { fault } from '../../../agents/contracts/index.js';
import type { PromptMessage } from '../../../agents/ports.js';
import { grammarSchema } from './grammar-schema.js';
import { type LlamaChat, type LlamaHistory, type LlamaSequence, loadLlamaChat } from './llama-cpp.js';
import type { FinishReason, ProviderClient, ProviderRequest, ReplyPart } from './provider.js';

/** Tokens that are read and written together at most; more costs memory for every model. */
const MOST_CONTEXT = 8_192;
/** Tokens that are kept for the reply. */
const MOST_REPLY = 1_024;

const FINISHES: Readonly<Record<string, FinishReason>> = {
  eogToken: 'stop',
  stopGenerationTrigger: 'stop',
  maxTokens: 'length',
};

/** More wait for each other in a busy loop, which on a machine with other work takes a hundred times as long. */
const THREADS = 1;

interface Loaded {
  readonly chat: LlamaChat;
  readonly sequence: LlamaSequence;
  readonly roomFor: number;
  readonly countTokens: (text: string) => number;
  readonly grammarOf: (schema: object) => Promise<unknown>;
}

/**
 * A model in a GGUF file, in this process. Structured output is enforced while it writes, by a grammar. It is loaded when it
 * is first asked, answers one call at a time and offers no tools.
 */
export function ggufClient(path: string, spec: string): ProviderClient {
  let loading: Promise<Loaded> | null = null;
  let turn: Promise<unknown> = Promise.resolve();
  const loaded = () => {
    loading ??= load(path).catch((error: unknown) => {
      // What is missing may be installed while the host runs.
      loading = null;
      throw error;
    });
    return loading;
  };
  return {
    spec,
    lane: null,
    capabilities: { tools: false, forms: ['schema'], mayRefuseForms: false, streams: 'all' },
    async *reply(request) {
      const model = await loaded();
      const { promise: mine, resolve: release } = Promise.withResolvers<void>();
      const before = turn;
      turn = before.then(() => mine);
      try {
        await before;
        request.signal.throwIfAborted();
        yield* generate(model, request);
      } finally {
        release();
      }
    },
    async probe() {
      await loaded();
      return `${basename(path)} is loaded, in this process`;
    },
  };
}

async function load(path: string): Promise<Loaded> {
  const file = await stat(path).catch(() => null);
  if (!file?.isFile())
    throw fault('MODEL_UNAVAILABLE', {
      detail: `There is no model file ${basename(path)}.`,
      next: 'Check the path after `gguf:`.',
    });
  const { llama, Chat } = await loadLlamaChat();
  const model = await llama.loadModel({ modelPath: path }).catch((cause: unknown) => {
    throw fault('MODEL_UNAVAILABLE', { detail: `${basename(path)} is no usable GGUF model.`, cause });
  });
  const contextSize = Math.min(model.trainContextSize, MOST_CONTEXT);
  const sequence = (await model.createContext({ contextSize, threads: THREADS })).getSequence();
  const grammars = new WeakMap<object, Promise<unknown>>();
  return {
    chat: new Chat({ contextSequence: sequence }),
    sequence,
    roomFor: contextSize - Math.min(MOST_REPLY, contextSize >> 1),
    countTokens: (text) => model.tokenize(text).length,
    grammarOf(schema) {
      const grammar = grammars.get(schema) ?? llama.createGrammarForJsonSchema(grammarSchema(schema));
      grammars.set(schema, grammar);
      return grammar;
    },
  };
}

async function* generate(model: Loaded, request: ProviderRequest): AsyncGenerator<ReplyPart> {
  const { messages, output, signal } = request;
  // The library would silently leave out what does not fit.
  if (model.countTokens(messages.map(({ text }) => text).join('\n')) > model.roomFor)
    throw fault('MODEL_CONTEXT_OVERFLOW');
  const before = { ...usedBy(model.sequence) };
  const grammar = output && (await model.grammarOf(output.schema));
  await model.sequence.clearHistory();
  const { temperature = 0, maxTokens = MOST_REPLY } = request.sampling ?? {};
  const left = new AbortController();
  let stopReason = '';
  let writing: Promise<void> = Promise.resolve();
  const texts = new ReadableStream<string>({
    start(controller) {
      const reply = model.chat.generateResponse(historyOf(messages), {
        signal: AbortSignal.any([signal, left.signal]),
        ...{ temperature, maxTokens: Math.min(maxTokens, MOST_REPLY) },
        onTextChunk: (text) => {
          if (left.signal.aborted) return;
          request.onBytes();
          controller.enqueue(text);
        },
        ...(grammar !== undefined && { grammar }),
      });
      writing = reply.then(
        ({ metadata }) => {
          ({ stopReason } = metadata);
          if (!left.signal.aborted) controller.close();
        },
        (error: unknown) => controller.error(error),
      );
    },
    // A reader that leaves stops the writing, and is gone only when it has stopped: the next one needs the same place.
    async cancel() {
      left.abort();
      await writing;
    },
  });
  for await (const text of texts) yield { type: 'text', text };
  const { input, output: written } = usedBy(model.sequence);
  yield { type: 'usage', inputTokens: input - before.input, outputTokens: written - before.output };
  const reason = FINISHES[stopReason];
  if (reason) yield { type: 'finish', reason };
}

const usedBy = ({ tokenMeter }: LlamaSequence) => ({
  input: tokenMeter.usedInputTokens,
  output: tokenMeter.usedOutputTokens,
});

function historyOf(messages: readonly PromptMessage[]): LlamaHistory[] {
  const told = messages.map(({ role, text }): LlamaHistory => {
    if (role === 'assistant') return { type: 'model', response: [text] };
    return { type: role === 'system' ? 'system' : 'user', text };
  });
  return [...told, { type: 'model', response: [] }];
}
