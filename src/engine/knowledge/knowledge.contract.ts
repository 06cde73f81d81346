import type { Principal } from '../../../agents/contracts/index.js';

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
