import { type AgentName, asFault, ERROR_CATALOGUE, type Fault } from '../../../agents/contracts/index.js';
import type { ChatModels, ModelCall, ModelReply } from '../../../agents/ports.js';
import type { RunContext } from '../../../agents/run-context.js';
import type { PromptSettings } from '../prompts/front-matter.js';
import { type RunSession, sessionOf } from '../runs/run-session.js';
import { type AskOptions, createAskModel } from './ask-model.js';
import { type FallbackKind, handlingOf } from './model-faults.js';
import type { ProviderClient, Sampling } from './provider.js';
import { addSpent, NOTHING_SPENT, type Spent } from './usage.js';

export interface ChatModelOptions extends AskOptions {
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
}

/** What the journal keeps of a call. */
type Recorded = Omit<ModelReply<unknown>, 'output' | 'usage'> & {
  readonly output?: unknown;
  readonly spent: Spent;
};

/**
 * The port through which every agent calls its model: limits first, then the journal, then the provider and, where it
 * fails, the models that are named for such a failure. A recorded reply is given again, element by element, without a call.
 */
export function createChatModels(options: ChatModelOptions): ChatModels {
  const ask = createAskInTurn(options);
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
          return ask(call, client, session, sampling);
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

const questionOf = ({ agent, messages, output, tools }: ModelCall<unknown>, sampling: Sampling) =>
  JSON.stringify([
    ...[agent, messages, output?.name ?? null, (tools ?? []).map(({ name }) => name)],
    ...(isPreset(sampling) ? [] : [sampling]),
  ]);

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
    session: RunSession,
    sampling: Sampling,
  ): Promise<Recorded> => {
    const shown = { count: 0 };
    const tried = new Set<string>();
    let spent = NOTHING_SPENT;
    const onSpent = (more: Spent) => {
      spent = addSpent(spent, more);
      session.meter.spend(call.agent, more);
    };
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
          ...{ call, client, session, shown, onSpent },
          ...(!isPreset(sampling) && { sampling }),
        });
        return { ...answer, model: client.spec, spent };
      } catch (error) {
        const failure = asFault(error);
        if (!handlingOf(failure)) throw failure;
        firstFailure ??= failure;
        client = await standIn(failure);
        if (client) announce(session, call, client, failure);
      }
    }
    // The first failure is the one to mend.
    throw firstFailure;
  };
}

/** Another model is never taken silently. */
function announce(run: RunContext, { agent }: ModelCall<unknown>, { spec }: ProviderClient, { code }: Fault) {
  const text = `${ERROR_CATALOGUE[code].title}; asking ${spec} instead`;
  run.emit({
    channel: 'custom',
    name: 'progress',
    payload: { agent, stage: 'working', text, model: spec, code },
  });
}
