import { randomUUID } from 'node:crypto';
import type { z } from 'zod';
import { CHANNELS, fault, type Principal } from '../../../agents/contracts/index.js';
import type { Runtime, ThreadSnapshot } from '../../engine/runtime.js';
import { parseWith } from '../common/validation.js';
import { startRun } from '../threads/run-input.js';
import type { RunRate } from '../threads/run-rate.js';
import { agentTree } from './agent-tree.js';
import { COMMAND_PARAMS, type commandSchema, type Method, type Params } from './commands.contract.js';
import { readFilter } from './subscription.js';
import { type Cursor, lastSeqOf, type ThreadFeed } from './thread-feed.js';

/** Where a command came in. */
export interface CommandContext {
  readonly runtime: Runtime;
  readonly rate: RunRate;
  readonly principal: Principal;
  readonly threadId: string;
  /** The socket's feed; null over plain HTTP, where nothing can be pushed. */
  readonly feed: ThreadFeed | null;
  readonly idempotencyKey?: string | undefined;
}

export interface CommandOutcome {
  readonly result: unknown;
  /** Log position that the reply speaks for; the current end of the log where absent. */
  readonly seq?: number;
  /** What may begin only after the reply has gone out. */
  readonly afterReply?: () => Promise<void>;
}

type Handler<M extends Method> = (params: Params<M>, context: CommandContext) => Promise<CommandOutcome>;

const rootOnly = (namespace: readonly string[] | undefined): void => {
  if (namespace?.length) throw fault('NAMESPACE_NOT_FOUND');
};

const socketOf = ({ feed }: CommandContext): ThreadFeed => {
  if (!feed)
    throw fault('NOT_SUPPORTED', {
      detail: 'A subscription needs a socket.',
      next: 'Open the event stream of this thread instead; it is the subscription.',
    });
  return feed;
};

const ownRun = async (runId: string, { runtime, threadId, principal }: CommandContext): Promise<void> => {
  const run = await runtime.runs.get(runId, principal);
  if (run.threadId !== threadId) throw fault('RUN_NOT_FOUND');
};

const summary = ({ checkpointId, createdAt, step, source, runId }: ThreadSnapshot) => ({
  id: checkpointId,
  timestamp: createdAt,
  step,
  metadata: { source, run_id: runId },
});

const start = async (params: Params<'run.start'>, context: CommandContext): Promise<CommandOutcome> => {
  const { runtime, rate, principal, threadId, idempotencyKey, feed } = context;
  const handle = await startRun({ runtime, rate }, { ...params, threadId, idempotencyKey }, principal);
  const afterReply = async () => feed?.resume();
  return { result: { run_id: handle.runId, thread_id: handle.threadId }, seq: handle.seq, afterReply };
};

const subscribe = (
  params: Parameters<typeof readFilter>[0],
  since: Cursor,
  context: CommandContext,
  result: object = {},
): CommandOutcome => {
  const feed = socketOf(context);
  if (feed.full)
    throw fault('OVERLOADED', {
      detail: 'This socket holds as many subscriptions as it may.',
      next: 'Unsubscribe from one, or open another socket.',
    });
  const filter = readFilter(params);
  const id = randomUUID();
  return { result: { subscription_id: id, ...result }, afterReply: () => feed.subscribe(id, filter, since) };
};

/** What each method does. */
const HANDLERS: { readonly [M in Method]: Handler<M> } = {
  'run.start': start,

  'run.cancel': async ({ run_id }, context) => {
    await ownRun(run_id, context);
    return { result: await context.runtime.runs.cancel(run_id, context.principal) };
  },

  // No agent asks a person in the middle of a run yet, so there is never an interrupt to respond to.
  'input.respond': async () => {
    throw fault('INTERRUPT_NOT_FOUND');
  },

  // The protocol lets input reach a running graph; here one turn is one run, so it becomes the next turn, in order.
  'input.inject': async ({ namespace, message }, context) => {
    rootOnly(namespace);
    if (message.role === 'system')
      throw fault('NOT_SUPPORTED', {
        detail: 'Instructions are versioned prompts; a message cannot add one.',
      });
    const input = { messages: [{ type: 'human' as const, content: message.content }] };
    return start({ assistant_id: 'support', input }, context);
  },

  'subscription.subscribe': async (params, context) => subscribe(params, params.since ?? 'run', context),

  'subscription.unsubscribe': async ({ subscription_id }, context) => {
    if (!socketOf(context).unsubscribe(subscription_id)) throw fault('SUBSCRIPTION_NOT_FOUND');
    return { result: {} };
  },

  'subscription.reconnect': async ({ last_event_id, run_id, channels = [...CHANNELS], ...rest }, context) => {
    const { runtime, principal, threadId } = context;
    if (run_id !== undefined) await ownRun(run_id, context);
    const filter = { ...rest, channels };
    if (last_event_id === undefined) return subscribe(filter, 'run', context, { restored: true });
    const known = await runtime.events.seqOf(threadId, last_event_id, principal);
    const missed = (await lastSeqOf(runtime, threadId, principal)) - (known ?? 0);
    return subscribe(filter, known ?? 'unknown', context, {
      restored: known !== null,
      missed_events: missed,
    });
  },

  'state.get': async ({ namespace, keys }, { runtime, threadId, principal }) => {
    rootOnly(namespace);
    const { values, checkpointId } = await runtime.threads.state(threadId, principal);
    const wanted = keys
      ? Object.fromEntries(Object.entries(values).filter(([key]) => keys.includes(key)))
      : values;
    return { result: { values: wanted, ...(checkpointId && { checkpoint: { id: checkpointId, ns: '' } }) } };
  },

  'state.listCheckpoints': async ({ namespace, limit, before }, { runtime, threadId, principal }) => {
    rootOnly(namespace);
    const page = { limit, ...(before !== undefined && { before }) };
    const turns = await runtime.threads.history(threadId, page, principal);
    return { result: { checkpoints: turns.filter((turn) => turn.checkpointId !== null).map(summary) } };
  },

  'state.fork': async ({ checkpoint_id, input, config }, context) =>
    start(
      {
        assistant_id: 'support',
        input,
        config: { configurable: { ...config?.configurable, checkpoint_id } },
      },
      context,
    ),

  'agent.getTree': async ({ run_id }, { runtime, threadId, principal }) => ({
    result: { tree: await agentTree(runtime, threadId, run_id, principal) },
  }),
};

const isMethod = (method: string): method is Method => Object.hasOwn(HANDLERS, method);

const handle = <M extends Method>(
  method: M,
  params: unknown,
  context: CommandContext,
): Promise<CommandOutcome> =>
  HANDLERS[method](parseWith(COMMAND_PARAMS[method], params) as Params<M>, context);

/**
 * Performs one command.
 * @throws `COMMAND_UNKNOWN`, `VALIDATION_FAILED` and what the engine refuses
 */
export async function perform(
  command: z.output<typeof commandSchema>,
  context: CommandContext,
): Promise<CommandOutcome> {
  const { method, params } = command;
  if (!isMethod(method)) throw fault('COMMAND_UNKNOWN', { detail: `There is no command "${method}".` });
  return handle(method, params ?? {}, context);
}
