import type {
  Channel,
  Correction,
  ErrorBody,
  Manifest,
  Principal,
  RunOptions,
  RunRequest,
  Taxonomy,
  Ticket,
  TriageResult,
  TriageStatus,
  Usage,
} from '../../agents/contracts/index.js';
import type { LearnedRouting } from '../../agents/ports.js';
import type { UsageSeries } from './models/usage-counters.js';
import type { Experiments } from './prompts/experiments.contract.js';
import type { Prompts } from './prompts/prompts.contract.js';

export type { UsageSeries } from './models/usage-counters.js';
export type * from './prompts/experiments.contract.js';
export type * from './prompts/prompts.contract.js';

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

export interface ArticleInput {
  readonly id: string;
  readonly title: string;
  /** Markdown or text. */
  readonly body: string;
  readonly url?: string;
  readonly tags?: readonly string[];
  readonly groups?: readonly string[];
  /** Extra keys are kept. */
  readonly metadata?: Readonly<Record<string, unknown>>;
}

/** A document as it was found: its name says how to read it. */
export interface SourceFile {
  /** Path below what was asked to be read, with `/`: ids come from it, so it should not change between runs. */
  readonly name: string;
  readonly bytes: Uint8Array;
  /** What the one article in it is to be called, whatever its name and text say. */
  readonly id?: string;
  readonly title?: string;
}

/** Shares from 0 to 1: of the document that was got hold of, of that which is text, of its lines that are no repetition. */
export interface QualityMeasures {
  readonly extraction: number;
  readonly readability: number;
  readonly originality: number;
}

export interface IngestedDocument {
  readonly id: string;
  readonly status: 'added' | 'updated' | 'unchanged' | 'rejected';
  readonly passages: number;
  /** What its author could mend, a sentence each; absent where nothing was found. */
  readonly quality?: readonly string[];
  /** Absent where nothing was read that could be measured. */
  readonly measures?: QualityMeasures;
  readonly error?: { readonly code: string; readonly detail: string };
}

export interface SolvedTicketInput {
  readonly id: string;
  readonly subject: string;
  readonly body: string;
  readonly category?: string;
  readonly queue?: string;
  readonly priority?: string;
  readonly articles?: readonly string[];
  readonly resolution?: string;
  readonly createdAt?: string;
  readonly locale?: string;
}

export interface StoredDocument extends ArticleInput {
  readonly collection: string;
  readonly hash: string;
  readonly passages: number;
  readonly updatedAt: string;
}

export interface SearchHit {
  readonly docId: string;
  readonly chunkId: string;
  readonly score: number;
  readonly title: string;
  readonly text: string;
  readonly span: readonly [number, number];
  /** With `explain`: each signal's own score. */
  readonly signals?: Readonly<Record<string, number>>;
}

/** Ways to cut documents into passages; the first is what retrieval was tuned with. */
export const CHUNKING = ['headings', 'fine', 'coarse', 'blocks', 'document'] as const;
export type Chunking = (typeof CHUNKING)[number];

export interface IngestOptions {
  readonly collection?: string;
  /** Where the documents come from. */
  readonly source?: string;
  /** How long passages are, and where they end; `headings` by default. */
  readonly chunking?: Chunking;
  /** Who may read those that name no groups of their own; everybody where absent. */
  readonly groups?: readonly string[];
}

export interface KnowledgeDesk {
  /** A file may hold several articles. What cannot be read is told beside the others. */
  add(
    articles: readonly (ArticleInput | SourceFile)[],
    options: IngestOptions,
    principal: Principal,
    onProgress?: (done: number, total: number) => void,
  ): Promise<readonly IngestedDocument[]>;
  get(documentId: string, principal: Principal): Promise<StoredDocument>;
  remove(documentId: string, principal: Principal): Promise<void>;
  search(
    query: { text: string; k: number; collection?: string; explain?: boolean },
    principal: Principal,
  ): Promise<readonly SearchHit[]>;
  ticket(ticketId: string, principal: Principal): Promise<SolvedTicketInput>;
  learn(tickets: readonly SolvedTicketInput[], principal: Principal): Promise<readonly IngestedDocument[]>;
  /** The packaged sample world; `remove` leaves one's own data alone. */
  samples(
    action: 'load' | 'remove',
    onProgress?: (done: number, total: number) => void,
  ): Promise<{ articles: number; tickets: number }>;
  stats(principal: Principal): Promise<{ articles: number; passages: number; tickets: number }>;
}

export interface StartTriage {
  /** An id is made where none is given. */
  readonly ticket: Omit<Ticket, 'id'> & { readonly id?: string | undefined };
  readonly options?: RunOptions;
  /** Scoped to the principal's tenant: the same key and body give the same triage. */
  readonly idempotencyKey?: string;
  /** As in {@link StartRun}. */
  readonly patience?: AbortSignal;
}

export interface TriageHandle {
  /** `tr_…` */
  readonly id: string;
  readonly ticketId: string;
  /** The ticket's thread: it can be watched, and continued in chat. */
  readonly threadId: string;
  readonly runId: string;
  /** True where the idempotency key was known: this is the earlier triage. */
  readonly replayed: boolean;
}

export interface TriageRecord {
  readonly id: string;
  readonly ticketId: string;
  readonly threadId: string;
  readonly runId: string;
  readonly status: TriageStatus;
  readonly createdAt: string;
  /** Null until the run has ended. */
  readonly result: TriageResult | null;
}

/** What became of a cancel: of a triage that had ended before, its end. */
export interface TriageReceipt extends Omit<CancelReceipt, 'status'> {
  readonly status: TriageStatus;
}

/** Deciding alone from this confidence on: the share of all tickets that this covers, and how many of those go wrong. */
export interface RiskPoint {
  /** 0 to 1. */
  readonly confidence: number;
  readonly coverage: number;
  /** Share of the covered ones that is wrong. */
  readonly risk: number;
}

export const LEARNED_FIELDS = ['category', 'queue', 'priority'] as const;
export type LearnedField = (typeof LEARNED_FIELDS)[number];

/** How good what was learned about a field is, by solved tickets that were held back from learning. */
export interface LearnedFieldQuality {
  /** Solved tickets that bear such a label. */
  readonly learned: number;
  readonly labels: number;
  readonly heldBack: number;
  /** Share of the held-back ones whose likeliest label was right. */
  readonly accuracy: number;
  /** Mean gap between confidence and accuracy, 0 to 1. */
  readonly calibrationError: number;
  /** Below this confidence a guess does more harm than good; 1 where every guess does. */
  readonly worthwhile: number;
  /** At falling confidence. */
  readonly curve: readonly RiskPoint[];
}

export interface LearnedQuality {
  /** Counts up with every training. */
  readonly version: number;
  /** Solved tickets that were learned from. */
  readonly tickets: number;
  readonly trainedAt: string;
  readonly fields: Readonly<Partial<Record<LearnedField, LearnedFieldQuality>>>;
}

/** What solved tickets teach about routing. */
export interface Learning {
  /** Learns from all of the tenant's solved tickets now; null where there are too few. */
  retrain(
    principal: Principal,
    options?: { onProgress?: (done: number, of: number) => void },
  ): Promise<LearnedQuality | null>;
  /** What solved tickets alone say about a ticket's text (subject, line feed, body); null where too little was learned. */
  predict(text: string, principal: Principal): Promise<LearnedRouting | null>;
  /** The risk–coverage curves as SVG. */
  picture(principal: Principal): Promise<string>;
}

/** How often people agreed with what was decided, from their corrections. */
export interface TriageQuality {
  readonly results: number;
  readonly corrected: number;
  /** By field: how many results a person judged, and the share that was right. */
  readonly accuracy: Readonly<
    Record<'category' | 'queue' | 'priority' | 'answer', { judged: number; right: number | null }>
  >;
  /** Null until enough solved tickets were learned from. */
  readonly learned: LearnedQuality | null;
}

/** Tickets: the second door of the same road. A foreign id is `TRIAGE_NOT_FOUND`. */
export interface TriageDesk {
  /** Resolves once the ticket is on disk. Refuses as {@link Runs.start} does. */
  start(start: StartTriage, principal: Principal): Promise<TriageHandle>;
  get(id: string, principal: Principal): Promise<TriageRecord>;
  /** Newest first; `cursor` is the last page's `nextCursor`. */
  list(
    page: { status?: TriageStatus; cursor?: string; limit: number },
    principal: Principal,
  ): Promise<{ readonly items: readonly Omit<TriageRecord, 'result'>[]; readonly nextCursor: string | null }>;
  /** Resolves when the triage has ended; rejects with the signal's reason where it aborts first (the triage goes on). */
  join(id: string, principal: Principal, signal?: AbortSignal): Promise<TriageRecord>;
  /** Stops it; a second call gives the same receipt. */
  cancel(id: string, principal: Principal): Promise<TriageReceipt>;
  /** Keeps a person's correction; an operator's is taught to the ticket memory. */
  correct(id: string, correction: Correction, principal: Principal): Promise<{ readonly taught: boolean }>;
  quality(principal: Principal): Promise<TriageQuality>;
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
