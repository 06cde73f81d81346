import type { ArticleInput } from '../runtime.contract.js';
import type { EmbeddingModel } from './embeddings/embedding-model.js';
import type { Chunk } from './ingest/chunking.js';
import type { KeptRows } from './stores/kept-rows.js';

/** Whose eyes a query sees with: one tenant, and the groups that open restricted documents. */
export interface Reader {
  readonly tenant: string;
  readonly groups: readonly string[];
}

/** What a document means to one model; a text that means nothing to it has a vector of zeros. */
export interface DocumentVectors {
  readonly model: Pick<EmbeddingModel, 'name' | 'dimensions'>;
  readonly title: Float32Array;
  /** One a chunk. */
  readonly passages: readonly Float32Array[];
}

/** A document ready to be kept: read, checked, split and hashed. */
export interface PreparedDocument {
  readonly article: ArticleInput;
  readonly collection: string;
  /** `samples`, or where the document came from. */
  readonly source: string;
  readonly hash: string;
  readonly chunks: readonly Chunk[];
  readonly vectors?: DocumentVectors;
}

export interface KeptDocument extends Omit<PreparedDocument, 'vectors'> {
  /** Milliseconds since the Unix epoch. */
  readonly updatedAt: number;
}

export interface DocumentOfTenant {
  readonly tenant: string;
  readonly document: KeptDocument;
}

/** A passage that may fit a query. */
export interface Candidate {
  readonly documentId: string;
  readonly hash: string;
  readonly title: string;
  readonly position: number;
  /** False where something about the document proposed it, and the first passage stands for all. */
  readonly isPassage: boolean;
  /** BM25 over title, headings and body, higher is better; 0 where something else proposed the document. */
  readonly words: number;
  /** Cosine of the passage's vector with what is asked for, by whatever the candidate was found; 0 where there is none. */
  readonly meaning: number;
  /** The same of the title's vector. */
  readonly titleMeaning: number;
}

/** What is asked for, as a vector of length 1. */
export interface AskedMeaning {
  readonly model: string;
  readonly vector: Float32Array;
}

/** Asks for passages that share a word, and for documents by other traits: those come as their first passage. */
export interface CandidateQuery {
  /** Terms of `analyse`; a passage with any of them may be proposed, and one that is repeated counts as often. */
  readonly words: readonly string[];
  /** Character n-grams of `grams`; a document with any of them in its title may be proposed. */
  readonly titleGrams: readonly string[];
  /** Documents to propose by id. */
  readonly ids: readonly string[];
  /** Proposes passages and titles of like meaning. */
  readonly meaning?: AskedMeaning;
  /** Most candidates of each kind. */
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
  /** Adds or replaces documents: all of them or none, readers see the old or the new. @throws `MODEL_BAD_RESPONSE` */
  put(tenant: string, documents: readonly PreparedDocument[]): Promise<void>;
  /**
   * Gives vectors to a document that is kept already. Nothing happens where it has changed since.
   * @throws `MODEL_BAD_RESPONSE` like {@link KnowledgeStore.put} for a vector that is none
   */
  setVectors(tenant: string, id: string, hash: string, vectors: DocumentVectors): Promise<void>;
  /** Some documents of all tenants that have no vectors of the model, at most `limit`. */
  withoutVectors(model: string, limit: number): Promise<readonly DocumentOfTenant[]>;
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
