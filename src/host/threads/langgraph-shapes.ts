import type { RunRecord, ThreadRecord, ThreadSnapshot } from '../../engine/runtime.js';
import { ASSISTANT_ID } from './run-input.js';
import type { Run } from './runs.contract.js';
import type { Thread, ThreadState } from './threads.contract.js';

/** A thread as LangGraph's clients read it. */
export function threadShape(thread: ThreadRecord): Thread {
  return {
    thread_id: thread.threadId,
    status: thread.status,
    metadata: { graph_id: ASSISTANT_ID, ...thread.metadata },
    values: { ...thread.values },
    interrupts: {},
    config: {},
    created_at: thread.createdAt,
    updated_at: thread.updatedAt,
  };
}

const checkpointShape = (threadId: string, checkpointId: string | null) => ({
  thread_id: threadId,
  checkpoint_ns: '' as const,
  checkpoint_id: checkpointId,
  checkpoint_map: {},
});

/** A state of a thread as LangGraph's clients read it; a turn is a checkpoint. */
export function stateShape(threadId: string, state: ThreadSnapshot): ThreadState {
  return {
    values: { ...state.values },
    next: [...state.next],
    tasks: [],
    checkpoint: checkpointShape(threadId, state.checkpointId),
    parent_checkpoint:
      state.parentCheckpointId === null ? null : checkpointShape(threadId, state.parentCheckpointId),
    metadata: { source: state.source, step: state.step, run_id: state.runId },
    created_at: state.createdAt,
  };
}

/** A run as LangGraph's clients read it, with what we know beyond that. */
export function runShape(run: RunRecord): Run {
  return {
    run_id: run.runId,
    thread_id: run.threadId,
    assistant_id: ASSISTANT_ID,
    status: run.status,
    metadata: { ...run.metadata },
    kwargs: {},
    multitask_strategy: 'enqueue',
    created_at: run.createdAt,
    updated_at: run.updatedAt,
    outcome: run.outcome,
    error: run.error,
    manifest: run.manifest,
    usage: run.usage,
    queued_ms: run.queuedMs,
    total_ms: run.totalMs,
  };
}
