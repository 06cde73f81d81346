import { type AgentName, fault, type Usage } from '../../../agents/contracts/index.js';
import type { RunLimits } from '../../../agents/run-context.js';
import type { Config } from '../../config/config.schema.js';
import type { Tokens } from './tokens.js';

export type Budget = Config['models']['budget'];

/** What one request, or several, used. */
export interface Spent extends Tokens {
  readonly costUsd: number;
  /** Requests that were sent. */
  readonly requests: number;
}

export const NOTHING_SPENT: Spent = {
  ...{ inputTokens: 0, outputTokens: 0, estimated: false },
  ...{ costUsd: 0, requests: 0 },
};

export const addSpent = (a: Spent, b: Spent): Spent => ({
  inputTokens: a.inputTokens + b.inputTokens,
  outputTokens: a.outputTokens + b.outputTokens,
  estimated: a.estimated || b.estimated,
  costUsd: a.costUsd + b.costUsd,
  requests: a.requests + b.requests,
});

/** What a request will use at least. */
export interface NextRequest {
  readonly inputTokens: number;
  readonly costUsd: number;
}

/** The same question may be asked this often in one run: a loop asks it again and again. */
const MOST_REPEATS = 3;

/** Counts what one run uses, and refuses what would be too much. */
export function createMeter() {
  const spent = new Map<AgentName, Spent>();
  const asked = new Map<string, number>();
  const models: Partial<Record<AgentName, string>> = {};
  let total = NOTHING_SPENT;
  let calls = 0;
  let toolCalls = 0;
  return {
    /** The model that really answered, by agent. */
    models,
    tool: () => {
      toolCalls += 1;
    },
    /** Counts a model call, which may take several requests. @throws `RUN_LIMIT` */
    call(limits: Pick<RunLimits, 'modelCalls'>, question: string) {
      if (calls >= limits.modelCalls)
        throw fault('RUN_LIMIT', { detail: `The run may make ${limits.modelCalls} model calls.` });
      const repeats = asked.get(question) ?? 0;
      if (repeats >= MOST_REPEATS)
        throw fault('RUN_LIMIT', { detail: `The run asked a model the same question ${repeats} times.` });
      asked.set(question, repeats + 1);
      calls += 1;
    },
    /** Refuses a request that the budget does not allow. @throws `RUN_LIMIT` */
    check(budget: Budget, next: NextRequest) {
      const tokens = total.inputTokens + total.outputTokens + next.inputTokens;
      const over =
        (total.requests >= budget.callsPerRun && `may send ${budget.callsPerRun} requests to models`) ||
        (tokens > budget.tokensPerRun && `may use ${budget.tokensPerRun} tokens`) ||
        (total.costUsd + next.costUsd > budget.usdPerRun && `may cost ${budget.usdPerRun} US dollars`);
      if (over) throw fault('RUN_LIMIT', { detail: `The run ${over}.` });
    },
    spend(agent: AgentName, more: Spent) {
      total = addSpent(total, more);
      spent.set(agent, addSpent(spent.get(agent) ?? NOTHING_SPENT, more));
    },
    answered: (agent: AgentName, model: string) => {
      models[agent] = model;
    },
    total: (): Usage => ({
      ...usageOf(total),
      toolCalls,
      agents: Object.fromEntries([...spent].map(([agent, used]) => [agent, usageOf(used)])),
    }),
  };
}

const usageOf = ({ requests, ...used }: Spent) => ({ ...used, modelCalls: requests });

export type Meter = ReturnType<typeof createMeter>;
