import type { Message } from '../../../agents/contracts/index.js';
import type { SupportStateType } from '../../../agents/state.js';
import type { RunOutcome } from '../runtime.contract.js';
import type { LedgerRun } from '../storage/ledger.js';
import type { EventBody } from './frames.js';

/*
 * What of a turn is shown: the steps of the graph as events, its state without inner working, its end.
 */

/** The terminal lifecycle event of each outcome. */
export const LIFECYCLE: Readonly<Record<RunOutcome, string>> = {
  completed: 'completed',
  handed_off: 'completed',
  failed: 'failed',
  cancelled: 'interrupted',
};

/** What a step of the graph shows on the wire: ids and patches, never whole states. */
export const STEPS: Readonly<Record<string, (chunk: unknown) => EventBody | null>> = {
  updates: (chunk) => {
    const [node, values] = Object.entries(chunk as Record<string, unknown>)[0] ?? [];
    return node ? { method: 'updates', data: { node, values } } : null;
  },
  tasks: (chunk) => {
    const { id, name, triggers, interrupts, result, error } = chunk as Record<string, unknown>;
    return {
      method: 'tasks',
      data: {
        id,
        name,
        interrupts,
        ...(triggers ? { triggers } : { result: Object.keys(result ?? {}), error: error ?? null }),
      },
    };
  },
  checkpoints: (chunk) => {
    const { config, parentConfig, metadata } = chunk as {
      config: { configurable: { checkpoint_id: string } };
      parentConfig?: { configurable?: { checkpoint_id?: string } };
      metadata: { step: number; source: string };
    };
    const parent = parentConfig?.configurable?.checkpoint_id;
    return {
      method: 'checkpoints',
      data: {
        id: config.configurable.checkpoint_id,
        ...(parent && { parent_id: parent }),
        step: metadata.step,
        source: metadata.source,
      },
    };
  },
};

/** The thread's public state without its messages. */
export function publicState(state: SupportStateType) {
  const { ticket, decision, answer, evidence, hypotheses, observations, critique, handoff } = state;
  return { ticket, decision, answer, evidence, hypotheses, observations, critique, handoff };
}

/** Empty optional parts are absent, lists are always there. */
export function restOf(state: Partial<ReturnType<typeof publicState>>): string {
  const { evidence = [], hypotheses = [], observations = [], ...optional } = state;
  const present = Object.entries(optional).filter(([, value]) => value !== null && value !== undefined);
  return JSON.stringify({ ...Object.fromEntries(present), evidence, hypotheses, observations });
}

/** What the turn added to the transcript. */
export function newMessages(state: SupportStateType, run: LedgerRun): Message[] {
  const prefix = `msg_${run.runId}_`;
  return state.messages.filter(({ type, id }) => type === 'ai' && id.startsWith(prefix));
}
