import { createHash } from 'node:crypto';
import { createDiagnosticsAgent } from '../../../../../agents/diagnostics/diagnostics.agent.js';
import {
  type DiagnosticsOutput,
  diagnosticsOutput,
} from '../../../../../agents/diagnostics/diagnostics.output.js';
import type { AgentPorts, ChatModels, Passage } from '../../../../../agents/ports.js';
import type { SupportStateType } from '../../../../../agents/state.js';
import { createSupportGraph } from '../../../../../agents/support-graph.js';
import { testRun } from '../../../../../agents/testing/run-context.js';
import { readSampleTaxonomy } from '../../../knowledge/samples.js';
import { loadPrompts } from '../../../prompts/prompt-book.js';
import type { SimulatedCase } from './case.js';
import { offlineModels } from './offline-models.js';
import { type RunningWorld, startWorld } from './world.js';

const prompts = loadPrompts('prompts');
const offline = offlineModels();

/** Everything that the agents ask for, with the simulated world for a network and a library of nothing. */
const portsOf = ({ network }: RunningWorld, library: readonly Passage[]): AgentPorts => ({
  models: offline,
  prompts,
  network,
  knowledge: { search: () => Promise.resolve(library), open: () => Promise.resolve(library) },
  tickets: {
    similar: () => Promise.resolve([]),
    duplicates: () => Promise.resolve([]),
    routing: () => Promise.resolve(null),
    taxonomy: () => readSampleTaxonomy('samples'),
  },
  clock: { now: () => Date.now(), monotonic: () => performance.now() },
  hash: (text) => `sha256:${createHash('sha256').update(text).digest('hex')}`,
});

const versions = {
  triage: prompts.resolve('triage'),
  retriever: prompts.resolve('retriever'),
  diagnostics: prompts.resolve('diagnostics'),
  resolver: prompts.resolve('resolver'),
  critic: prompts.resolve('critic'),
};

const stateOf = (question: string): SupportStateType => ({
  ...{ messages: [{ id: 'm1', type: 'human', content: question }], ticket: null, attachments: [] },
  ...{ decision: null, evidence: [], observations: [], hypotheses: [], draft: null, critique: null },
  ...{ assignment: null, answer: null, handoff: null, tried: [], visits: {} },
});

async function inWorld<T>(
  { world, question }: SimulatedCase,
  ask: (running: RunningWorld, asked: string) => Promise<T>,
) {
  const running = await startWorld(world);
  try {
    return await ask(running, running.fill(question));
  } finally {
    await running.close();
  }
}

/** Keeps what the model says of the causes. */
function overheard(models: ChatModels) {
  const proposed: DiagnosticsOutput['hypotheses'] = [];
  const listening: ChatModels = {
    async call(call, run) {
      const reply = await models.call(call, run);
      proposed.push(...(diagnosticsOutput.safeParse(reply.output).data?.hypotheses ?? []));
      return reply;
    },
  };
  return { models: listening, proposed };
}

/** Plays a case through the diagnostics agent: its question, the real gate and the offline model. */
export const diagnose = (simulated: SimulatedCase) =>
  inWorld(simulated, async (running, question) => {
    const run = testRun({ targets: running.targetsOf(question), prompts: versions });
    const { models, proposed } = overheard(offline);
    const agent = createDiagnosticsAgent({ ...portsOf(running, []), models });
    const { observations = [], evidence = [], hypotheses = [] } = await agent(stateOf(question), run);
    return { simulated, question, observations, evidence, hypotheses, proposed, events: run.events };
  });

export type Diagnosed = Awaited<ReturnType<typeof diagnose>>;

/** Plays a case through the whole graph, with these passages for a knowledge base. */
export const support = (simulated: SimulatedCase, library: readonly Passage[] = []) =>
  inWorld(simulated, async (running, question) => {
    const run = testRun({ targets: running.targetsOf(question), prompts: versions });
    const graph = createSupportGraph(portsOf(running, library));
    const messages = stateOf(question).messages;
    return (await graph.invoke({ messages }, { context: { run } })) as SupportStateType;
  });
