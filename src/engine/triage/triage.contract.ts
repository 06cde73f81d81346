import type {
  Correction,
  Principal,
  RunOptions,
  Ticket,
  TriageResult,
  TriageStatus,
} from '../../../agents/contracts/index.js';
import type { LearnedRouting } from '../../../agents/ports.js';

export interface StartTriage {
  /** An id is made where none is given. */
  readonly ticket: Omit<Ticket, 'id'> & { readonly id?: string | undefined };
  readonly options?: RunOptions;
  /** Scoped to the principal's tenant: the same key and body give the same triage. */
  readonly idempotencyKey?: string;
  /** Waits in a full queue, until this aborts, instead of being refused; its turns come between those of what is asked now. */
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
export interface TriageReceipt {
  readonly id: string;
  readonly status: TriageStatus;
  /** Agents and tool calls that were stopped, by name. */
  readonly stopped: readonly string[];
  /** What had already taken effect. */
  readonly effects: readonly string[];
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
  /** Resolves once the ticket is on disk. Refuses as `Runs.start` does. */
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
