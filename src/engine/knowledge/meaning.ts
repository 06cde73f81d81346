import type { EmbeddingModel } from './embeddings/embedding-model.js';
import type { AskedMeaning, DocumentVectors, KnowledgeStore, PreparedDocument } from './knowledge-store.js';

/** Turns documents and questions into vectors of one model. */
export interface Meaning {
  /** Undefined where the text says nothing to the model. */
  asked(text: string): Promise<AskedMeaning | undefined>;
  of(document: Pick<PreparedDocument, 'article' | 'chunks'>): Promise<DocumentVectors>;
}

export function createMeaning(model: EmbeddingModel): Meaning {
  return {
    async asked(text) {
      const [vector] = await model.embed([text]);
      return vector?.some((value) => value !== 0) ? { model: model.name, vector } : undefined;
    },
    async of({ article: { title, body }, chunks }) {
      // A passage is read under its title and headings: alone it may not even name its subject.
      const texts = chunks.map(({ headings, start, end }) =>
        [title, ...headings, body.slice(start, end)].join('\n'),
      );
      const [first = new Float32Array(model.dimensions), ...passages] = await model.embed([title, ...texts]);
      return { model, title: first, passages };
    },
  };
}

const RENEWED_AT_ONCE = 20;

/**
 * Gives every document the vectors of this model, some at a time: what another model said is of no use to it. Searches go
 * on meanwhile; what has no vector yet is found by words.
 * @returns the number of documents that got vectors
 */
export async function renewVectors(
  store: KnowledgeStore,
  model: EmbeddingModel,
  signal?: AbortSignal,
): Promise<number> {
  const meaning = createMeaning(model);
  let renewed = 0;
  while (!signal?.aborted) {
    const lacking = await store.withoutVectors(model.name, RENEWED_AT_ONCE);
    if (lacking.length === 0) break;
    for (const { tenant, document } of lacking) {
      const vectors = await meaning.of(document);
      await store.setVectors(tenant, document.article.id, document.hash, vectors);
      renewed += 1;
    }
  }
  return renewed;
}
