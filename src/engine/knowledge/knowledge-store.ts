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

/** A passage that may fit a query. */
export interface Candidate {
  readonly documentId: string;
  readonly hash: string;
  readonly title: string;
  readonly position: number;
  /** BM25 over title, headings and body, higher is better; 0 where something else proposed the document. */
  readonly words: number;
}

/** Asks for passages that share a word, and for documents by other traits: those come as their first passage. */
export interface CandidateQuery {
  /** Terms of `analyse`; a passage with any of them may be proposed. */
  readonly words: readonly string[];
  /** Character n-grams of `grams`; a document with any of them in its title may be proposed. */
  readonly titleGrams: readonly string[];
  /** Documents to propose by id. */
  readonly ids: readonly string[];
  /** Most candidates by words, and most by title. */
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
  /** Current hash of a document that the reader may read. */
  hashOf(reader: Reader, id: string): Promise<string | undefined>;
  candidates(reader: Reader, query: CandidateQuery): Promise<readonly Candidate[]>;
  statistics(tenant: string, terms: readonly string[]): Promise<TermStatistics>;
  counts(reader: Reader): Promise<KnowledgeCounts>;
  /** Grows with every change of the tenant's documents or tickets. */
  version(tenant: string): Promise<number>;
}
