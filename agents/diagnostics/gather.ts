import { z } from 'zod';
import type { Observation, Progress } from '../contracts/index.js';
import type { AgentPorts, ToolCall, ToolOffer } from '../ports.js';
import type { RunContext } from '../run-context.js';
import { DIAGNOSIS } from '../settled-diagnosis.js';
import type { SupportStateType } from '../state.js';
import { hostOf } from './board.js';
import { type Case, promptVariables } from './case.js';
import { observationsOf } from './findings.js';
import { dueSteps } from './runbooks/follow.js';
import { aimAt, type Plan } from './runbooks/plan.js';
import { RUNBOOK_NAMES, RUNBOOKS } from './runbooks/runbooks.js';
import { createToolBench, type ToolResult, toolMessage } from './tool-bench.js';
import { offersOf } from './tools/tools.js';

/** Turns in which a model may ask for tools. */
const MAX_TURNS = 3;
/** Turns that may hold a call which was refused: the first one teaches, the second one ends it. */
const MAX_REFUSED_TURNS = 2;

/** One visit: who asks what with which ports. */
export interface Visit {
  readonly ports: AgentPorts;
  readonly run: RunContext;
  readonly visit: number;
  readonly about: Case;
  readonly tell: (progress: Omit<Progress, 'agent'>) => void;
}

/** The step of a runbook that made a look. */
export interface Origin {
  readonly runbook: string;
  readonly step: string;
}

export interface Gathered {
  readonly results: readonly ToolResult[];
  /** By the id of the call. */
  readonly origins: ReadonlyMap<string, Origin>;
}

const runbookInput = z.object({
  runbook: z
    .enum(RUNBOOK_NAMES)
    .describe(
      `the runbook: ${RUNBOOK_NAMES.map((name) => `${name} for ${RUNBOOKS[name].description}`).join('; ')}`,
    ),
  host: z.string().min(1).max(254).describe('the host name or mail domain'),
});

const RUNBOOK_OFFER: ToolOffer = {
  name: 'runbook_follow',
  description:
    'Follows a runbook for a host that the user named: the looks that tell its causes apart, in the right order. Use it ' +
    'instead of single looks when a site or server is unreachable or down, and nothing more is known.',
  input: runbookInput,
};

/** What a runbook asks for when its model names it; null for every other call. */
function planOf({ name, args }: ToolCall, question: string): Plan | null {
  const input = name === RUNBOOK_OFFER.name ? runbookInput.safeParse(args).data : undefined;
  return input ? { runbook: input.runbook, aim: aimAt(input.host, question) } : null;
}

/**
 * Looks: follows the runbooks that the question asks for. Where none fits, or where they show nothing new because this
 * is a second visit, the model asks for tools or for a runbook until it has seen enough.
 */
export async function gather(
  { ports, run, visit, about, tell }: Visit,
  state: SupportStateType,
): Promise<Gathered> {
  const use = createToolBench({
    ...{ ports, run, visit, texts: about.texts, allowed: about.allowed },
    known: new Set(state.tried),
    budget: run.limits.toolCalls - state.observations.filter(({ tool }) => tool !== DIAGNOSIS).length,
  });
  const results: ToolResult[] = [];
  const origins = new Map<string, Origin>();
  const seen = (): Observation[] => [
    ...state.observations,
    ...observationsOf(results, state.observations.length),
  ];

  const follow = async (plan: Plan): Promise<ToolResult[]> => {
    const made: ToolResult[] = [];
    const { runbook, aim } = plan;
    tell({ stage: 'working', text: `Following the runbook “${runbook}” for ${aim.host}` });
    const seenThere = () => seen().filter((observation) => hostOf(observation) === aim.host);
    for (const { step, args } of dueSteps(plan, seenThere)) {
      const answered = await use([{ id: '', name: step.tool.offer.name, args }]);
      made.push(...answered);
      results.push(...answered);
      for (const { call } of answered) origins.set(call.id, { runbook, step: step.name });
      if (answered.some(({ refusal }) => refusal)) break;
    }
    return made;
  };

  for (const plan of about.plans) await follow(plan);
  if (results.some(({ found }) => found)) return { results, origins };

  const prompt = ports.prompts.render('diagnostics', promptVariables(about, state.observations), run);
  const offers = offersOf(about.allowed);
  const tools = about.allowed.has('read-network') ? [...offers, RUNBOOK_OFFER] : offers;
  let messages = prompt.messages;
  let refused = 0;
  for (let turn = 0; turn < MAX_TURNS && refused < MAX_REFUSED_TURNS; turn += 1) {
    const reply = await ports.models.call({ agent: 'diagnostics', visit, messages, tools }, run);
    if (reply.toolCalls.length === 0) break;
    const asks = reply.toolCalls.map((call) => ({ call, plan: planOf(call, about.question) }));
    const made = await use(asks.flatMap(({ call, plan }) => (plan ? [] : [call])));
    results.push(...made);
    for (const { plan } of asks) if (plan) made.push(...(await follow(plan)));
    const asked = { role: 'assistant', text: reply.text, toolCalls: made.map(({ call }) => call) } as const;
    messages = [...messages, asked, ...made.map(toolMessage)];
    if (made.some(({ refusal }) => refusal)) refused += 1;
  }
  return { results, origins };
}
