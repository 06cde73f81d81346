import type { ArticleInput } from '../runtime.contract.js';
import type { Chunk } from './ingest/chunking.js';
import type { KeptRows } from './stores/kept-rows.js';

/** Whose eyes a query sees with: one tenant, and the groups that open restricted documents. */
export interface Reader {
  readonly tenant: string;
  readonly groups: readonly string[];
}

/** A document ready to be kept: read, checked, split and hashed. */
export interface PreparedDocument {
  readonly article: ArticleInput;
  readonly collection: string;
  /** `samples`, or where the document came from. */
  readonly source: string;
  readonly hash: string;
  readonly chunks: readonly Chunk[];
}

export interface KeptDocument extends PreparedDocument {
  /** Milliseconds since the Unix epoch. */
  readonly updatedAt: number;
}

/** A passage that a signal proposes, with that signal's own score (higher is better). */
export interface Candidate {
  readonly documentId: string;
  readonly hash: string;
  readonly position: number;
  readonly score: number;
}

export interface CandidateQuery {
  /** Terms of {@link analyse} or {@link grams}; any of them may match. */
  readonly terms: readonly string[];
  readonly limit: number;
  readonly collection?: string;
}

export interface TermStatistics {
  /** Passages of the tenant; 0 also where no term is known. */
  readonly passages: number;
  /** Passages that hold the term; a term that none holds is absent. */
  readonly frequencies: ReadonlyMap<string, number>;
}

export interface KnowledgeCounts {
  readonly articles: number;
  readonly passages: number;
}

/**
 * Where documents live. Ranking is not the store's: it proposes candidates by term overlap (BM25) and says how common
 * terms are; `search.ts` fuses, so that every store ranks alike. Every answer is limited to the reader's tenant and
 * groups inside the query.
 */
export interface KnowledgeStore extends KeptRows {
  /** Adds or replaces documents: all of them or none, readers see the old or the new. */
  put(tenant: string, documents: readonly PreparedDocument[]): Promise<void>;
  /** Removes documents with everything that was derived from them. */
  remove(tenant: string, ids: readonly string[]): Promise<void>;
  /** The documents that the reader may read, in no order. */
  get(reader: Reader, ids: readonly string[]): Promise<readonly KeptDocument[]>;
  /** Current hash by id of those that the reader may read. */
  readable(reader: Reader, ids: readonly string[], collection?: string): Promise<ReadonlyMap<string, string>>;
  /** Passages by the words of title, headings and body, best first. */
  byWords(reader: Reader, query: CandidateQuery): Promise<readonly Candidate[]>;
  /** Documents by the character n-grams of their titles, best first; `position` is always 0. */
  byGrams(reader: Reader, query: CandidateQuery): Promise<readonly Candidate[]>;
  statistics(tenant: string, terms: readonly string[]): Promise<TermStatistics>;
  counts(reader: Reader): Promise<KnowledgeCounts>;
  /** Grows with every change of the tenant's documents or tickets. */
  version(tenant: string): Promise<number>;
}
