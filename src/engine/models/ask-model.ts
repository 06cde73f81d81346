import { z } from 'zod';
import { asFault, type Fault, fault, isFault } from '../../../agents/contracts/index.js';
import type { ModelCall, PromptMessage, ToolCall, ToolOffer } from '../../../agents/ports.js';
import type { RunContext } from '../../../agents/run-context.js';
import { elementScanner } from './json-elements.js';
import { toolNamed } from './langchain-messages.js';
import { handlingOf } from './model-faults.js';
import { createFormMemory, inForm, outputOf, outputPiece } from './output-forms.js';
import { costOf } from './prices.js';
import type {
  JsonSchema,
  OutputForm,
  ProviderClient,
  ProviderRequest,
  Sampling,
  ToolShape,
} from './provider.js';
import type { WholeReply } from './reply.js';
import { type Backoff, createResilience, MAX_ATTEMPTS } from './resilience.js';
import { parseArguments, parseOutput } from './strict-parse.js';
import { estimateInput, tokensOf } from './tokens.js';
import { trimmed } from './trim.js';
import type { NextRequest, Spent } from './usage.js';
import { callSignal, type Timeouts } from './watch.js';

/** A strict parse that failed is asked again once, with the reason. */
const ASKS = 2;

export interface AskOptions {
  readonly timeouts: Timeouts;
  /** How retries are spaced; a test may want them closer. */
  readonly backoff?: Backoff;
}

/** For whom a model is asked: what ends the call, who pays for it and who is told of it. */
export interface Asker {
  readonly signal: AbortSignal;
  /** The end of the run, in milliseconds since the epoch. */
  readonly deadline: number;
  /** Refuses a request that the budget does not allow. @throws `RUN_LIMIT` */
  check(next: NextRequest): void;
  /** Counts what one request to a model used, whatever came of it. */
  spend(spec: string, spent: Spent): void;
  readonly emit: RunContext['emit'];
}

/** A call on its way to one model. */
export interface Asked {
  readonly call: ModelCall<unknown>;
  readonly client: ProviderClient;
  readonly asker: Asker;
  readonly sampling?: Sampling;
  /** Elements of the output that were shown already. */
  readonly shown: { count: number };
}

export interface Answer {
  readonly text: string;
  readonly toolCalls: readonly ToolCall[];
  readonly output?: unknown;
}

type Read = { readonly ok: true; readonly answer: Answer } | { readonly ok: false; readonly problem: string };
type Request = Omit<ProviderRequest, 'signal' | 'onBytes'>;

const schemas = new WeakMap<z.ZodType, JsonSchema>();
/** A schema as providers are told it. */
export const jsonSchemaOf = (schema: z.ZodType): JsonSchema => {
  const known = schemas.get(schema);
  if (known) return known;
  const { $schema: _, ...made } = z.toJSONSchema(schema, { io: 'input' });
  schemas.set(schema, made);
  return made;
};

export const shapeOf = ({ name, description, input }: ToolOffer): ToolShape => ({
  ...{ name, description },
  parameters: jsonSchemaOf(input),
});

/**
 * Asks one model until it has answered in the asked form: in the best form that it has, shortened where it is too long for
 * it, once more where it did not keep to the form. Elements of the output are handed on as soon as their bytes are whole.
 */
export function createAskModel({ timeouts, backoff }: AskOptions) {
  const send = createResilience(timeouts, backoff);
  const forms = createFormMemory();

  return async function askModel(asked: Asked): Promise<Answer> {
    const { call, asker, shown } = asked;
    const deadline = Math.min(Date.now() + timeouts.totalMs, asker.deadline);
    const ends = callSignal(deadline, asker.signal);
    try {
      let { messages } = call;
      let problem = '';
      for (let ask = 0; ask < ASKS && shown.count === 0; ask += 1) {
        const { reply, request } = await askShortened(asked, messages, deadline, ends.signal);
        const read = readReply(call, reply, request);
        if (read.ok) return read.answer;
        problem = read.problem;
        messages = askAgain(messages, request, reply, problem);
      }
      throw fault('MODEL_OUTPUT_INVALID', {
        detail: `The model of ${call.agent} did not keep to the form: ${problem}`,
      });
    } finally {
      ends.stop();
    }
  };

  /** A conversation that is too long for the model is asked once more without its middle. */
  async function askShortened(
    asked: Asked,
    messages: readonly PromptMessage[],
    deadline: number,
    signal: AbortSignal,
  ) {
    const attempts = { left: MAX_ATTEMPTS };
    const ask = (told: readonly PromptMessage[]) => askInForms(asked, told, { attempts, deadline, signal });
    try {
      return await ask(messages);
    } catch (error) {
      const shorter = isFault(error, 'MODEL_CONTEXT_OVERFLOW') ? trimmed(messages) : null;
      if (!shorter || attempts.left === 0) throw error;
      return ask(shorter);
    }
  }

  /** Tries the ways to structured output that the model may have, until it takes one. */
  async function askInForms(
    asked: Asked,
    messages: readonly PromptMessage[],
    call: { attempts: { left: number }; deadline: number; signal: AbortSignal },
  ): Promise<{ reply: WholeReply; request: Request }> {
    const { client, sampling } = asked;
    const { output, tools } = asked.call;
    const offers = client.capabilities.tools ? (tools ?? []).map(shapeOf) : [];
    const shape = output && { name: output.name, schema: jsonSchemaOf(output.schema) };
    const candidates: readonly OutputForm[] = shape ? forms.formsOf(client) : ['text'];
    let refused: Fault | null = null;
    for (const [place, form] of candidates.entries()) {
      const hasTools = offers.length > 0 || form === 'tool';
      const stream =
        client.capabilities.streams === 'all' || (client.capabilities.streams === 'text' && !hasTools);
      const request = inForm({ messages, tools: offers, stream, ...(sampling && { sampling }) }, shape, form);
      const isLast = place === candidates.length - 1 || call.attempts.left <= 1;
      const mayRefuse = (failure: Fault) => shape !== undefined && forms.isRefusal(client, failure);
      try {
        const reply = await sendOne(asked, request, call, (failure) => !isLast && mayRefuse(failure));
        if (shape) forms.prove(client, form);
        return { reply, request };
      } catch (error) {
        const failure = asFault(error);
        // What the model did badly in this form it did in this form: the server has it.
        if (shape && isOfReply(failure)) forms.prove(client, form);
        if (!mayRefuse(failure)) throw failure;
        refused ??= failure;
        if (isLast) break;
      }
    }
    throw refused ?? fault('MODEL_UNAVAILABLE');
  }

  function sendOne(
    { call, client, asker, shown }: Asked,
    request: Request,
    limits: { attempts: { left: number }; deadline: number; signal: AbortSignal },
    isSettled: (failure: Fault) => boolean,
  ): Promise<WholeReply> {
    const inputTokens = estimateInput(request);
    const next = { inputTokens, costUsd: costOf(client.spec, { inputTokens, outputTokens: 0 }) };
    let show = (_: string) => {};
    const pieceOf = outputPiece(request.output);
    return send({
      ...limits,
      ...{ client, request, isSettled },
      check: () => asker.check(next),
      onSend: () => {
        if (call.onElement) show = shower(call.onElement, shown);
      },
      onPart: (part) => show(pieceOf(part)),
      onSpent: (collector) => {
        const tokens = tokensOf(client.spec, request, collector);
        asker.spend(client.spec, { ...tokens, costUsd: costOf(client.spec, tokens), requests: 1 });
      },
      isVisible: () => shown.count > 0,
    });
  }
}

/** True for a failure of what was written, not of being asked. */
function isOfReply(failure: Fault): boolean {
  const kind = handlingOf(failure)?.fallback;
  return kind === 'output' || kind === 'content';
}

/** Hands on the elements of one attempt; text that is no JSON is left to the strict parse at the end. */
function shower({ key, handle }: NonNullable<ModelCall<unknown>['onElement']>, shown: { count: number }) {
  const scanner = elementScanner(key, (element) => {
    shown.count += 1;
    handle(element);
  });
  let isReadable = true;
  return (piece: string) => {
    if (piece === '' || !isReadable) return;
    try {
      scanner.push(piece);
    } catch (error) {
      if (!(error instanceof SyntaxError)) throw error;
      isReadable = false;
    }
  };
}

function readReply(call: ModelCall<unknown>, reply: WholeReply, { output, tools }: Request): Read {
  const { json, calls } = outputOf(reply, output);
  const toolCalls: ToolCall[] = [];
  for (const [index, { id, name, args }] of calls.entries()) {
    const parsed = parseArguments(args);
    if (!parsed.ok)
      return { ok: false, problem: `the arguments of ${name} are not usable: ${parsed.problem}` };
    toolCalls.push({
      id: id ?? `call_${call.visit}_${index}`,
      name: toolNamed(name, tools),
      args: parsed.value,
    });
  }
  const answer = { text: reply.text, toolCalls };
  if (!call.output || toolCalls.length > 0) return { ok: true, answer };
  const parsed = parseOutput(json, call.output.schema);
  return parsed.ok ? { ok: true, answer: { ...answer, output: parsed.value } } : parsed;
}

/** The conversation with the reply that was not usable, and what was wrong with it. */
function askAgain(
  messages: readonly PromptMessage[],
  { output }: Request,
  reply: WholeReply,
  problem: string,
): readonly PromptMessage[] {
  const said = reply.text || reply.calls.map(({ args }) => args).join('\n') || '(nothing)';
  const rule = output
    ? ` Reply again with one JSON object only, one that fits this JSON schema: ${JSON.stringify(output.schema)}`
    : ' Reply again.';
  return [
    ...messages,
    { role: 'assistant', text: said },
    { role: 'user', text: `The reply was not usable: ${problem}.${rule}` },
  ];
}
