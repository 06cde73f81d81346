import { Annotation, END, START, StateGraph } from '@langchain/langgraph';
import type { Principal } from '../../../agents/contracts/index.js';
import type { RunContext } from '../../../agents/run-context.js';
import { type SupportPatch, SupportState, type SupportStateType } from '../../../agents/state.js';
import { questionOf, streamMessage } from '../../../agents/transcript.js';
import { loadPrompts } from '../prompts/prompt-book.js';
import { checkpointCleanup, createCheckpointer } from '../storage/checkpointer.js';
import { createLedger } from '../storage/ledger.js';
import { openDatabase } from '../storage/open-database.js';
import { createRuns } from './admission.js';
import { createEventLog } from './event-log.js';
import { createExecutor } from './executor.js';
import { createSettle } from './manifest.js';
import { orderedCheckpoints } from './ordered-checkpoints.js';
import { createScheduler } from './scheduler.js';
import { createThreads } from './threads.js';
import { createTranscript } from './transcript-store.js';

export const ANNA: Principal = { id: 'anna', tenant: 'default', groups: [], role: 'user' };
export const BEN: Principal = { ...ANNA, id: 'ben', tenant: 'other' };

export type Node = (state: SupportStateType, run: RunContext) => Promise<SupportPatch>;

/** Answers each question with an echo of it, streamed under the run's message id. */
export const echo: Node = async (state, run) => {
  const said = await run.effects.once(
    { kind: 'model', agent: 'resolver', visit: 0, request: questionOf(state) },
    () => Promise.resolve(`You said: ${questionOf(state)}`),
  );
  const message = streamMessage(run, 'resolver', `msg_${run.runId}_0_${run.attempt}`);
  for (const word of said.split(' ')) message.line(word);
  const told = message.finish();
  return { messages: told ? [told] : [] };
};

const packaged = loadPrompts('prompts');

/** The rooms of `runs` on a real store, around a graph of one node. */
export async function engineOn(
  dir: string,
  node: Node,
  maxBytes?: number,
  limits?: Parameters<typeof createScheduler>[1],
) {
  const now = () => Date.now();
  const database = await openDatabase({ dir, ...(maxBytes && { maxBytes }) });
  const transcript = createTranscript(database);
  const log = createEventLog(database, transcript, now);
  const ledger = createLedger(database);
  const checkpointer = createCheckpointer(orderedCheckpoints(database, log), { pendingWrites: 'control' });
  const Context = Annotation.Root({ run: Annotation<RunContext>() });
  const graph = new StateGraph(SupportState, Context)
    .addNode('resolver', async (state, config) => node(state, config.context?.run as RunContext))
    .addEdge(START, 'resolver')
    .addEdge('resolver', END)
    .compile({ checkpointer });
  const warnings: string[] = [];
  const settle = createSettle({
    graphVersion: 'test@1',
    prompts: { ...packaged, choose: (agent) => packaged.resolve(agent) },
    modelOf: () => 'scripted',
    toolVersions: {},
    knowledgeSnapshot: () => Promise.resolve('empty'),
  });
  const scheduler = createScheduler(
    createExecutor({
      graph: graph as unknown as Parameters<typeof createExecutor>[0]['graph'],
      settle,
      load: ({ runId, tenant }) => ledger.byId(runId, tenant),
      database,
      log,
      transcript,
      limits: { revisions: 2, modelCalls: 10, toolCalls: 10, deadlineMs: 20_000 },
      checkpointCleanup,
      hasCheckpoint: async (runId) =>
        Boolean(await checkpointer.getTuple({ configurable: { thread_id: runId } })),
      now,
      warn: (message) => warnings.push(message),
    }),
    limits,
  );
  const admission = createRuns({
    database,
    ledger,
    log,
    transcript,
    scheduler,
    graphVersion: 'test@1',
    settle,
    checkRequest: () => undefined,
    checkpointCleanup,
    now,
  });
  const threads = createThreads({
    database,
    transcript,
    log,
    scheduler,
    cancelAll: () => Promise.resolve(),
    now,
  });
  const ask = (threadId: string, content: string, who = ANNA, id = `${threadId}-${content}`) =>
    admission.runs.start({ threadId, request: { messages: [{ id, type: 'human', content }] } }, who);
  return { ...admission, threads, log, ledger, transcript, database, scheduler, warnings, ask };
}

export type Engine = Awaited<ReturnType<typeof engineOn>>;
