import type { AgentName, Usage } from '../../../agents/contracts/index.js';
import type { ModelReply } from '../../../agents/ports.js';

/** Counts what one run uses. */
export function createMeter() {
  const usage = {
    inputTokens: 0,
    outputTokens: 0,
    estimated: false,
    costUsd: 0,
    modelCalls: 0,
    toolCalls: 0,
  };
  const models: Partial<Record<AgentName, string>> = {};
  return {
    /** The model that really answered, by agent. */
    models,
    tool: () => {
      usage.toolCalls += 1;
    },
    request: () => {
      usage.modelCalls += 1;
    },
    reply: (agent: AgentName, reply: Pick<ModelReply<unknown>, 'model' | 'usage'>) => {
      models[agent] = reply.model;
      usage.inputTokens += reply.usage.inputTokens;
      usage.outputTokens += reply.usage.outputTokens;
      usage.estimated ||= reply.usage.estimated;
    },
    calls: () => usage.modelCalls,
    total: (): Usage => ({ ...usage }),
  };
}

export type Meter = ReturnType<typeof createMeter>;
