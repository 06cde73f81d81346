import { z } from 'zod';
import { fault, type Principal } from '../../../agents/contracts/index.js';
import type { LoggedEvent, RunStatus, Runtime } from '../../engine/runtime.js';

export interface AgentTree {
  readonly namespace: readonly string[];
  readonly status: 'started' | 'running' | 'completed' | 'failed' | 'interrupted';
  readonly graph_name: string;
  readonly metadata?: { readonly visits: number };
  readonly children?: readonly AgentTree[];
}

const taskFrame = z.object({
  params: z.object({
    data: z.object({ name: z.string(), triggers: z.unknown().optional(), error: z.unknown().optional() }),
  }),
});

const ROOT_STATUS: Readonly<Record<RunStatus, AgentTree['status']>> = {
  pending: 'started',
  running: 'running',
  success: 'completed',
  error: 'failed',
  timeout: 'failed',
  interrupted: 'interrupted',
};

/** The events of a run that are in the log now. */
async function eventsOf(
  { events }: Pick<Runtime, 'events'>,
  { threadId, runId }: { threadId: string; runId: string },
  principal: Principal,
): Promise<readonly LoggedEvent[]> {
  const start = await events.startOf(threadId, runId, principal);
  if (start === null) return [];
  const last = await events.lastSeq(threadId, principal);
  const found: LoggedEvent[] = [];
  const { promise: complete, resolve } = Promise.withResolvers<void>();
  const onEvents = (batch: readonly LoggedEvent[]): void => {
    found.push(...batch);
    if ((found.at(-1)?.seq ?? 0) >= last) resolve();
  };
  const feed = await events.follow(threadId, start, onEvents, principal);
  await complete;
  feed.close();
  return found.filter((event) => event.runId === runId);
}

/** The root and each agent that has begun, with its status and number of visits, as the log tells it. */
export async function agentTree(
  runtime: Pick<Runtime, 'events' | 'runs'>,
  threadId: string,
  runId: string | undefined,
  principal: Principal,
): Promise<AgentTree> {
  const [latest] = await runtime.runs.list(threadId, { limit: 1, offset: 0 }, principal);
  const run = runId === undefined ? latest : await runtime.runs.get(runId, principal);
  if (!run || run.threadId !== threadId) throw fault('RUN_NOT_FOUND');
  const children = new Map<string, AgentTree>();
  for (const event of await eventsOf(runtime, run, principal)) {
    if (event.method !== 'tasks') continue;
    const { data } = taskFrame.parse(JSON.parse(event.json)).params;
    const begins = data.triggers !== undefined;
    const visits = (children.get(data.name)?.metadata?.visits ?? 0) + (begins ? 1 : 0);
    const status = begins ? 'running' : data.error ? 'failed' : 'completed';
    children.set(data.name, { namespace: [data.name], status, graph_name: data.name, metadata: { visits } });
  }
  return {
    namespace: [],
    status: ROOT_STATUS[run.status],
    graph_name: 'support',
    ...(children.size > 0 && { children: [...children.values()] }),
  };
}
