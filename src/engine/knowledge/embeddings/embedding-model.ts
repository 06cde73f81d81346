/** Turns texts into vectors whose dot product says how alike two texts are in meaning. */
export interface EmbeddingModel {
  /** Names the vectors: vectors of different names are never compared. Holds no path and no secret. */
  readonly name: string;
  readonly dimensions: number;
  /** One vector of length 1 a text, in order, or of zeros for a text that says nothing; what is too long is cut. */
  embed(texts: readonly string[], signal?: AbortSignal): Promise<readonly Float32Array[]>;
  close(): Promise<void>;
}

/** A model that cuts words into the pieces of a known list, so that a table can be fitted to the same pieces. */
export interface WordPieceModel extends EmbeddingModel {
  /** The pieces by number: `##` begins one that goes on a word. */
  readonly pieces: readonly string[];
}

export const hasWordPieces = (model: EmbeddingModel): model is WordPieceModel => 'pieces' in model;
