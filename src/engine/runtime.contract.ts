import type {
  Channel,
  ErrorBody,
  Manifest,
  Principal,
  RunRequest,
  Taxonomy,
  Usage,
} from '../../agents/contracts/index.js';
import type { KnowledgeDesk } from './knowledge/knowledge.contract.js';
import type { UsageSeries } from './models/usage-counters.js';
import type { Experiments } from './prompts/experiments.contract.js';
import type { Prompts } from './prompts/prompts.contract.js';
import type { Learning, TriageDesk } from './triage/triage.contract.js';

export * from './knowledge/knowledge.contract.js';
export type { UsageSeries } from './models/usage-counters.js';
export type * from './prompts/experiments.contract.js';
export type * from './prompts/prompts.contract.js';
export * from './triage/triage.contract.js';

/** LangGraph's run statuses. A cancelled run is `interrupted` with outcome `cancelled`. */
export type RunStatus = 'pending' | 'running' | 'success' | 'error' | 'timeout' | 'interrupted';
export type RunOutcome = 'completed' | 'handed_off' | 'failed' | 'cancelled';

export interface StartRun {
  /** Created where it does not exist yet; a new id is made where none is given. */
  readonly threadId?: string;
  readonly request: RunRequest;
  /** Scoped to the principal's tenant: the same key and body give the same run. */
  readonly idempotencyKey?: string;
  /** Waits for room in a full queue instead of refusing with `OVERLOADED`, until the signal aborts. */
  readonly patience?: AbortSignal;
}

export interface RunHandle {
  readonly runId: string;
  readonly threadId: string;
  /** Last event of the thread when the run was accepted. */
  readonly seq: number;
  /** True where the idempotency key was known: this is the earlier run. */
  readonly replayed: boolean;
}

export interface RunRecord {
  readonly runId: string;
  readonly threadId: string;
  readonly status: RunStatus;
  /** Null until the run has ended. */
  readonly outcome: RunOutcome | null;
  readonly metadata: Readonly<Record<string, unknown>>;
  readonly error: ErrorBody | null;
  readonly manifest: Manifest | null;
  readonly usage: Usage | null;
  /** Milliseconds; null until known. */
  readonly queuedMs: number | null;
  readonly totalMs: number | null;
  readonly createdAt: string;
  readonly updatedAt: string;
}

export interface CancelReceipt {
  readonly id: string;
  readonly status: 'cancelled' | RunStatus;
  /** What was stopped: agents and tool calls by name. */
  readonly stopped: readonly string[];
  /** What had already taken effect. */
  readonly effects: readonly string[];
}

/** Every method answers only within the principal's tenant; a foreign id is not found. */
export interface Runs {
  /** Resolves once the run is on disk. Refuses with `OVERLOADED`, `DRAINING`, `IDEMPOTENCY_MISMATCH`, `STORE_*` … */
  start(start: StartRun, principal: Principal): Promise<RunHandle>;
  get(runId: string, principal: Principal): Promise<RunRecord>;
  /** Newest first. */
  list(
    threadId: string,
    page: { limit: number; offset: number },
    principal: Principal,
  ): Promise<readonly RunRecord[]>;
  /** Resolves when the run has ended; rejects with the signal's reason where it aborts first (the run goes on). */
  join(runId: string, principal: Principal, signal?: AbortSignal): Promise<RunRecord>;
  /** Stops the run; a second call gives the same receipt. */
  cancel(runId: string, principal: Principal): Promise<CancelReceipt>;
}

export interface ThreadRecord {
  readonly threadId: string;
  readonly status: 'idle' | 'busy' | 'interrupted' | 'error';
  readonly metadata: Readonly<Record<string, unknown>>;
  readonly values: Readonly<Record<string, unknown>>;
  readonly createdAt: string;
  readonly updatedAt: string;
}

/** The thread as it stood at the end of a turn (or now). `values` is the public state of contract §2. */
export interface ThreadSnapshot {
  readonly values: Readonly<Record<string, unknown>>;
  readonly checkpointId: string | null;
  readonly parentCheckpointId: string | null;
  readonly runId: string | null;
  readonly step: number;
  readonly source: 'input' | 'loop' | 'update' | 'fork';
  /** Agents that would run next; empty when the thread is idle. */
  readonly next: readonly string[];
  readonly createdAt: string;
}

export interface Threads {
  create(
    thread: { threadId?: string; metadata?: Record<string, unknown>; ifExists?: 'raise' | 'do_nothing' },
    principal: Principal,
  ): Promise<ThreadRecord>;
  get(threadId: string, principal: Principal): Promise<ThreadRecord>;
  search(
    query: { metadata?: Record<string, unknown>; status?: string; limit: number; offset: number },
    principal: Principal,
  ): Promise<readonly ThreadRecord[]>;
  patch(threadId: string, metadata: Record<string, unknown>, principal: Principal): Promise<ThreadRecord>;
  /** Removes the thread with its runs, events and state; stops what runs on it. */
  delete(threadId: string, principal: Principal): Promise<void>;
  state(threadId: string, principal: Principal, checkpointId?: string): Promise<ThreadSnapshot>;
  /** Newest first; `before` is a checkpoint id. */
  history(
    threadId: string,
    page: { limit: number; before?: string },
    principal: Principal,
  ): Promise<readonly ThreadSnapshot[]>;
  /** Writes messages or other public values as an edit of the state; with `checkpointId`, from that turn on (a fork). */
  update(
    threadId: string,
    edit: { values: Record<string, unknown>; checkpointId?: string },
    principal: Principal,
  ): Promise<ThreadSnapshot>;
}

/** One event of a thread's log. `json` is the whole protocol frame, encoded once; send it as it is. */
export interface LoggedEvent {
  readonly seq: number;
  readonly eventId: string;
  readonly runId: string | null;
  readonly method: Exclude<Channel, `custom:${string}`>;
  /** For `custom`: progress, hypotheses or evidence. */
  readonly name: string | null;
  readonly namespace: readonly string[];
  readonly json: string;
}

export interface EventFeed {
  /** Set where the cursor does not reach: events `from`..`to` cannot be replayed; send a gap and a `values` snapshot. */
  readonly gap: { readonly from: number; readonly to: number } | null;
  /** Last sequence number in the log when the feed began. */
  readonly lastSeq: number;
  close(): void;
}

export interface Events {
  /**
   * Replays every event after `since`, then goes on live: each exactly once, in order, only after it is on disk.
   * `since: null` begins at the start of the thread's active or latest run.
   */
  follow(
    threadId: string,
    since: number | null,
    onEvents: (events: readonly LoggedEvent[]) => void,
    principal: Principal,
  ): Promise<EventFeed>;
  /** The sequence number of an event id, or null where the log does not know it. */
  seqOf(threadId: string, eventId: string, principal: Principal): Promise<number | null>;
  lastSeq(threadId: string, principal: Principal): Promise<number>;
  /** Last number before the first event of a run; null where the log holds none of it. */
  startOf(threadId: string, runId: string, principal: Principal): Promise<number | null>;
  /** Number of the last event of a run that has ended; null where the log holds none of it. */
  endOf(threadId: string, runId: string, principal: Principal): Promise<number | null>;
}

export interface HealthCheck {
  readonly name: string;
  readonly ok: boolean;
  readonly detail: string;
}

export interface Health {
  checks(): Promise<readonly HealthCheck[]>;
  /** Numbers for metrics: active runs, queued runs, stored threads, open feeds. */
  gauges(): Readonly<Record<string, number>>;
  /** What models were used for the principal's tenant since the process began. */
  usage(principal: Pick<Principal, 'tenant'>): readonly UsageSeries[];
}

/** The engine's door: everything that a host, the command line or an eval may do. */
export interface Runtime {
  readonly runs: Runs;
  readonly threads: Threads;
  readonly events: Events;
  readonly knowledge: KnowledgeDesk;
  readonly triage: TriageDesk;
  readonly learning: Learning;
  readonly prompts: Prompts;
  readonly experiments: Experiments;
  readonly health: Health;
  taxonomy(principal: Principal): Promise<Taxonomy>;
  /** Model spec by agent, for the start line and `doctor`. */
  readonly models: Readonly<Record<string, string>>;
  /** Stops accepting, lets runs reach a safe point within `drainMs` (default 8000), then closes the store. */
  close(options?: { drainMs?: number }): Promise<void>;
}
