import type { ArticleInput, CancelReceipt, IngestedDocument, SearchHit } from '../engine/runtime.contract.js';

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

/** What the commands need of Triagent, in this process or behind a running host. */
export interface Desk {
  /** `onFrame` gets each event of the run once, in order, as JSON text of the Agent Streaming Protocol. */
  ask(question: Question, onFrame: (frame: string) => void): Promise<AskedRun>;
  ingest(
    articles: readonly ArticleInput[],
    collection: string | undefined,
  ): Promise<readonly IngestedDocument[]>;
  search(request: SearchRequest): Promise<readonly SearchHit[]>;
  close(): Promise<void>;
}
