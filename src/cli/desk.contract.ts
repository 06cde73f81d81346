import type { TriageRequest, TriageResult } from '../../agents/contracts/index.js';
import type {
  ArticleInput,
  CancelReceipt,
  IngestedDocument,
  IngestOptions,
  LearnedQuality,
  SearchHit,
  SolvedTicketInput,
  TriageQuality,
} from '../engine/runtime.contract.js';

export interface Question {
  readonly text: string;
  readonly threadId?: string | undefined;
  readonly collection?: string | undefined;
  readonly attachments: readonly {
    readonly name: string;
    readonly mediaType: string;
    readonly text: string;
  }[];
}

/** A question that was accepted: it is on disk and will be answered, whether somebody watches or not. */
export interface AskedRun {
  readonly threadId: string;
  readonly runId: string;
  /** Resolves once the last frame of the run has been handed over. */
  readonly ended: Promise<void>;
  cancel(): Promise<CancelReceipt>;
}

export interface SearchRequest {
  readonly text: string;
  readonly k: number;
  readonly collection?: string | undefined;
  readonly explain: boolean;
}

export interface TicketToTriage {
  readonly request: TriageRequest;
  /** The same key and ticket give the same triage, also after a connection was lost or the command interrupted. */
  readonly idempotencyKey: string;
  /** Whether it goes on when nobody waits any more, to be asked for again; else it is cancelled. */
  readonly goesOn: boolean;
}

/** What the commands need of Triagent, in this process or behind a running host. */
export interface Desk {
  /** `onFrame` gets each event of the run once, in order, as JSON text of the Agent Streaming Protocol. */
  ask(question: Question, onFrame: (frame: string) => void): Promise<AskedRun>;
  ingest(
    articles: readonly ArticleInput[],
    options: Omit<IngestOptions, 'source'>,
  ): Promise<readonly IngestedDocument[]>;
  search(request: SearchRequest): Promise<readonly SearchHit[]>;
  /** Resolves when the triage has ended; rejects with the signal's reason where that comes first. */
  triage(ticket: TicketToTriage, signal: AbortSignal): Promise<TriageResult>;
  /** Each ticket is judged on its own; extra keys are kept. */
  learn(tickets: readonly SolvedTicketInput[]): Promise<readonly IngestedDocument[]>;
  /** Learns to route from all solved tickets; null where there are too few, `later` where a host does so by itself. */
  retrain(onProgress: (done: number, of: number) => void): Promise<LearnedQuality | null | 'later'>;
  quality(): Promise<TriageQuality>;
  /** SVG. */
  qualityPicture(): Promise<string>;
  close(): Promise<void>;
}
