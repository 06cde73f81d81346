import type { AgentName } from '../contracts/index.js';
import type { ChatModels, ModelCall, ModelReply, PromptMessage, ToolCall } from '../ports.js';
import type { RunContext } from '../run-context.js';

/** What a scripted step may look at before it answers. */
export type AskedCall = Pick<ModelCall<unknown>, 'agent' | 'visit' | 'messages' | 'tools' | 'output'>;

export interface ScriptedStep {
  readonly agent: AgentName;
  readonly output?: unknown;
  readonly text?: string;
  readonly toolCalls?: readonly Omit<ToolCall, 'id'>[];
  /** Called with the call before it is answered: the place for expectations about what was asked. */
  readonly asked?: (call: AskedCall) => void;
  /** Thrown in place of an answer, after the elements of `output` were shown where there is one. */
  readonly fails?: unknown;
}

export interface ScriptedModels extends ChatModels {
  /** Throws where a step was not used. */
  done(): void;
  readonly calls: readonly AskedCall[];
}

/**
 * A model that says what its script says, in its order by agent. It fails on a call that no step is left for, and
 * `done` fails on steps that nobody asked for.
 */
export function scriptedModels(steps: readonly ScriptedStep[]): ScriptedModels {
  const left = [...steps];
  const calls: AskedCall[] = [];
  return {
    calls,
    async call<Output>(call: ModelCall<Output>, run: RunContext): Promise<ModelReply<Output>> {
      run.signal.throwIfAborted();
      const place = left.findIndex(({ agent }) => agent === call.agent);
      const [step] = place === -1 ? [] : left.splice(place, 1);
      if (!step) throw new Error(`unexpected model call of ${call.agent}: ${textOf(call.messages)}`);
      calls.push(call);
      step.asked?.(call);
      const isSaid = step.fails === undefined || step.output !== undefined;
      const output = isSaid ? call.output?.schema.parse(step.output) : undefined;
      if (call.onElement && output) announce(call.onElement, output);
      if (step.fails !== undefined) throw step.fails;
      return {
        output,
        text: step.text ?? '',
        toolCalls: (step.toolCalls ?? []).map((toolCall, index) => ({
          ...toolCall,
          id: `provider_${index}`,
        })),
        model: 'scripted',
        usage: { inputTokens: 0, outputTokens: 0, estimated: true },
      };
    },
    done() {
      if (left.length > 0)
        throw new Error(`unused model steps of ${left.map(({ agent }) => agent).join(', ')}`);
    },
  };
}

const textOf = (messages: readonly PromptMessage[]) => messages.at(-1)?.text.slice(-200) ?? '';

function announce({ key, handle }: NonNullable<ModelCall<unknown>['onElement']>, output: object): void {
  const elements: unknown = Object.entries(output).find(([name]) => name === key)?.[1];
  if (Array.isArray(elements)) for (const element of elements) handle(element);
}
