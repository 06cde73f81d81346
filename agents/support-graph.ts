import { Annotation, END, type LangGraphRunnableConfig, START, StateGraph } from '@langchain/langgraph';
import type { BaseCheckpointSaver } from '@langchain/langgraph-checkpoint';
import type { AgentName } from './contracts/index.js';
import { createCritic } from './critic/critic.agent.js';
import { createHandoff } from './critic/handoff.js';
import { createDiagnosticsAgent } from './diagnostics/diagnostics.agent.js';
import type { AgentPorts } from './ports.js';
import { createResolver } from './resolver/resolver.agent.js';
import { createRetriever } from './retriever/retriever.agent.js';
import type { RunContext } from './run-context.js';
import { type SupportPatch, SupportState, type SupportStateType } from './state.js';
import { createTriage } from './triage/triage.agent.js';

/** Changes when nodes, edges or the state change in a way that an unfinished run could not survive. */
export const GRAPH_VERSION = 'support@1';

type Agent = (state: SupportStateType, run: RunContext) => Promise<SupportPatch>;

const GraphContext = Annotation.Root({ run: Annotation<RunContext>() });
type Config = LangGraphRunnableConfig<typeof GraphContext.State>;

const runOf = (config: Config): RunContext => {
  if (!config.context) throw new TypeError('the graph runs with a run context');
  return config.context.run;
};

/** LangGraph hands each node its run context; agents know nothing else of LangGraph. */
const node = (agent: Agent) => async (state: SupportStateType, config: Config) => {
  const run = runOf(config);
  run.signal.throwIfAborted();
  return agent(state, run);
};

const afterTriage = (_: SupportStateType, config: Config): ('retriever' | 'diagnostics' | typeof END)[] =>
  runOf(config).options.depth === 'classify' ? [END] : ['retriever', 'diagnostics'];

const afterCritic = (state: SupportStateType): AgentName | 'handover' | typeof END => {
  const verdict = state.critique?.verdict ?? 'handoff';
  if (verdict === 'accept') return END;
  // LangGraph refuses a node named like a field of the state.
  return verdict === 'handoff' ? 'handover' : verdict;
};

/**
 * The whole team:
 *
 *     triage → (retriever ∥ diagnostics) → resolver → critic → accept
 *                  ↑            ↑             ↑         │   ↘ handoff
 *                  └────────────┴─────────────┴─────────┘
 *
 * Retriever and diagnostics run in one step and meet at the resolver by plain edges: with an array join, a critic that
 * sends back only one of them would wait for the other for ever.
 */
export function createSupportGraph(ports: AgentPorts, checkpointer?: BaseCheckpointSaver) {
  return new StateGraph(SupportState, GraphContext)
    .addNode('triage', node(createTriage(ports)))
    .addNode('retriever', node(createRetriever(ports)))
    .addNode('diagnostics', node(createDiagnosticsAgent(ports)))
    .addNode('resolver', node(createResolver(ports)))
    .addNode('critic', node(createCritic(ports)))
    .addNode('handover', node(createHandoff()))
    .addEdge(START, 'triage')
    .addConditionalEdges('triage', afterTriage, ['retriever', 'diagnostics', END])
    .addEdge('retriever', 'resolver')
    .addEdge('diagnostics', 'resolver')
    .addEdge('resolver', 'critic')
    .addConditionalEdges('critic', afterCritic, ['resolver', 'retriever', 'diagnostics', 'handover', END])
    .addEdge('handover', END)
    .compile(checkpointer && { checkpointer });
}
