import { createHash } from 'node:crypto';
import { type AgentName, asFault, ERROR_CATALOGUE, type Fault } from '../../../agents/contracts/index.js';
import type { ChatModels, ModelCall, ModelReply } from '../../../agents/ports.js';
import type { RunContext } from '../../../agents/run-context.js';
import type { PromptSettings } from '../prompts/front-matter.js';
import { type RunSession, sessionOf } from '../runs/run-session.js';
import {
  type Answer,
  type Asker,
  type AskOptions,
  createAskModel,
  jsonSchemaOf,
  shapeOf,
} from './ask-model.js';
import { type FallbackKind, handlingOf } from './model-faults.js';
import type { ProviderClient, Sampling } from './provider.js';
import { type ReplyCache, readReply } from './reply-cache.js';
import { createSharedCalls } from './shared-calls.js';
import { addSpent, type Budget, NOTHING_SPENT, type Spent } from './usage.js';
import type { UsageCounters } from './usage-counters.js';

export interface ChatModelOptions extends AskOptions {
  readonly budget: Budget;
  /** The model of a call; `preferred` is what the prompt's version asks for. */
  readonly modelFor: (
    call: ModelCall<unknown>,
    run: RunContext,
    preferred?: string,
  ) => Promise<ProviderClient>;
  /** What the version of an agent's prompt asks of its calls. */
  readonly settingsFor?: (agent: AgentName, run: RunContext) => PromptSettings;
  /** Models to ask instead after a failure of this kind, in order. */
  readonly fallbacksFor: (kind: FallbackKind) => Promise<readonly ProviderClient[]>;
  /** Where replies are kept for the same question; without it each question is asked anew. */
  readonly replies?: ReplyCache;
  readonly counters?: Pick<UsageCounters, 'spent' | 'saved'>;
}

/** What one model said, and which. */
interface Reply extends Answer {
  readonly model: string;
}

/** What the journal keeps of a call. */
interface Recorded extends Reply {
  readonly spent: Spent;
}

/**
 * The port through which every agent calls its model: limits first, then the journal, then whoever asks the same already
 * and the replies that were kept, then the provider and, where it fails, the models that are named for such a failure. A
 * recorded reply is given again, element by element, without a call.
 */
export function createChatModels(options: ChatModelOptions): ChatModels {
  const ask = createAskInTurn(options);
  const share = createSharedCalls<Reply>();

  /** Asks unless the answer is known, or on its way to somebody else. */
  async function record(
    call: ModelCall<unknown>,
    client: ProviderClient,
    session: RunSession,
    sampling: Sampling,
  ): Promise<Recorded> {
    const { tenant } = session.principal;
    const labels = { tenant, agent: call.agent, prompt: session.prompts[call.agent], model: client.spec };
    let spent = NOTHING_SPENT;
    const asker = askerOf(session, options, call.agent, (spec, more) => {
      spent = addSpent(spent, more);
      options.counters?.spent({ ...labels, model: spec }, more);
    });
    const key = keyOf(client, call, sampling);
    const party = { asker, show: call.onElement?.handle ?? (() => undefined) };
    const reply = await share(`${tenant}\n${key}`, party, async (joint, show) => {
      const shown = call.onElement && { ...call.onElement, handle: show };
      const told = { ...call, ...(shown && { onElement: shown }) };
      const kept = readReply(await options.replies?.find(tenant, key), call);
      if (kept) {
        showAgain(told, kept.output);
        return { ...kept, model: client.spec };
      }
      const made = await ask(told, client, joint, sampling);
      // What another model said in its place is no answer of this one.
      if (made.model === client.spec) await options.replies?.keep(tenant, key, made);
      return made;
    });
    if (spent.requests === 0) options.counters?.saved(labels);
    return { ...reply, spent };
  }

  return {
    async call<Output>(call: ModelCall<Output>, run: RunContext): Promise<ModelReply<Output>> {
      const session = sessionOf(run);
      const { model, ...sampling } = options.settingsFor?.(call.agent, run) ?? {};
      const client = await options.modelFor(call, run, model);
      const question = questionOf(call, sampling);
      session.meter.call(run.limits, question);
      let live = false;
      const { spent, ...recorded } = await run.effects.once<Recorded>(
        { kind: 'model', agent: call.agent, visit: call.visit, request: `${client.spec}\n${question}` },
        () => {
          live = true;
          return record(call, client, session, sampling);
        },
      );
      session.meter.answered(call.agent, recorded.model);
      if (!live) {
        session.meter.spend(call.agent, spent);
        showAgain(call, recorded.output);
      }
      const output = call.output ? call.output.schema.parse(recorded.output) : undefined;
      return { ...recorded, output, usage: spent };
    },
  };
}

function askerOf(
  { signal, limits, meter, emit }: RunSession,
  { budget }: ChatModelOptions,
  agent: AgentName,
  onSpent: Asker['spend'],
): Asker {
  return {
    ...{ signal, deadline: limits.deadline, emit },
    check: (next) => meter.check(budget, next),
    spend(spec, spent) {
      meter.spend(agent, spent);
      onSpent(spec, spent);
    },
  };
}

const questionOf = ({ agent, messages, output, tools }: ModelCall<unknown>, sampling: Sampling) =>
  JSON.stringify([
    ...[agent, messages, output?.name ?? null, (tools ?? []).map(({ name }) => name)],
    ...(isPreset(sampling) ? [] : [sampling]),
  ]);

/** A hash of everything that a reply depends on: whom is asked, what, how, and the forms that the reply may have. */
function keyOf({ spec, lane }: ProviderClient, call: ModelCall<unknown>, sampling: Sampling): string {
  const { output, tools = [], onElement } = call;
  const form = [
    output && { name: output.name, schema: jsonSchemaOf(output.schema) },
    tools.map(shapeOf),
    onElement?.key,
  ];
  const everything = JSON.stringify([spec, lane, questionOf(call, sampling), form]);
  return createHash('sha256').update(everything).digest('base64url');
}

const isPreset = (sampling: Sampling) => Object.keys(sampling).length === 0;

function showAgain({ onElement }: ModelCall<unknown>, output: unknown) {
  if (!onElement) return;
  const elements = (output as Readonly<Record<string, unknown>> | undefined)?.[onElement.key];
  if (Array.isArray(elements)) elements.forEach(onElement.handle);
}

/** Asks a model, and after a failure the models named for its kind, each once. */
function createAskInTurn({ fallbacksFor, ...options }: ChatModelOptions) {
  const askModel = createAskModel(options);

  return async (
    call: ModelCall<unknown>,
    first: ProviderClient,
    asker: Asker,
    sampling: Sampling,
  ): Promise<Reply> => {
    const shown = { count: 0 };
    const tried = new Set<string>();
    const standIn = async (failure: Fault): Promise<ProviderClient | undefined> => {
      const kind = handlingOf(failure)?.fallback;
      if (!kind || shown.count > 0) return undefined;
      const needsTools = (call.tools ?? []).length > 0;
      return (await fallbacksFor(kind)).find(
        ({ spec, capabilities }) => !tried.has(spec) && (capabilities.tools || !needsTools),
      );
    };

    let firstFailure: Fault | null = null;
    for (let client: ProviderClient | undefined = first; client; ) {
      tried.add(client.spec);
      try {
        const answer = await askModel({
          ...{ call, client, asker, shown },
          ...(!isPreset(sampling) && { sampling }),
        });
        return { ...answer, model: client.spec };
      } catch (error) {
        const failure = asFault(error);
        if (!handlingOf(failure)) throw failure;
        firstFailure ??= failure;
        client = await standIn(failure);
        if (client) announce(asker, call, client, failure);
      }
    }
    // The first failure is the one to mend.
    throw firstFailure;
  };
}

/** Another model is never taken silently. */
function announce(asker: Asker, { agent }: ModelCall<unknown>, { spec }: ProviderClient, { code }: Fault) {
  const text = `${ERROR_CATALOGUE[code].title}; asking ${spec} instead`;
  asker.emit({
    channel: 'custom',
    name: 'progress',
    payload: { agent, stage: 'working', text, model: spec, code },
  });
}
