import type { Passage } from '../../../agents/ports.js';
import { analyse } from './analysis.js';
import { createBoundedCache } from './bounded-cache.js';
import type { KeptDocument, KnowledgeStore, Reader } from './knowledge-store.js';

/** A passage before a query has judged it. */
export interface StoredPassage extends Omit<Passage, 'score' | 'coverage'> {
  /** The terms of title, headings and text, worked out when first asked for. */
  terms(): ReadonlySet<string>;
}

/** The passages of documents by position, kept in memory by content hash. */
export interface PassageShelf {
  /**
   * @param wanted - id → hash as the store has just allowed it to this reader
   * @returns the passages by document id; a document that changed since is absent
   */
  load(
    reader: Reader,
    wanted: ReadonlyMap<string, string>,
  ): Promise<ReadonlyMap<string, readonly StoredPassage[]>>;
}

const CACHED_CHARACTERS = 16 * 1024 * 1024;

function passagesOf({ article, chunks }: KeptDocument): readonly StoredPassage[] {
  const { id, title, body } = article;
  return chunks.map(({ headings, start, end }, position) => {
    const text = body.slice(start, end);
    let terms: ReadonlySet<string> | undefined;
    return {
      documentId: id,
      chunkId: String(position),
      title,
      headings,
      text,
      span: [start, end],
      position,
      terms: () => {
        terms ??= new Set(analyse([title, ...headings, text].join('\n')));
        return terms;
      },
    };
  });
}

const keyOf = (tenant: string, id: string, hash: string) => JSON.stringify([tenant, id, hash]);

const weigh = (passages: readonly StoredPassage[]) =>
  passages.reduce((sum, { text }) => sum + text.length, 100);

/** What is in memory is handed out only where the store named the document and its hash to this reader. */
export function createPassageShelf(store: KnowledgeStore): PassageShelf {
  const cache = createBoundedCache<readonly StoredPassage[]>(CACHED_CHARACTERS, weigh);

  return {
    async load(reader, wanted) {
      const found = new Map<string, readonly StoredPassage[]>();
      const missing: string[] = [];
      for (const [id, hash] of wanted) {
        const known = cache.get(keyOf(reader.tenant, id, hash));
        if (known) found.set(id, known);
        else missing.push(id);
      }
      for (const document of await store.get(reader, missing)) {
        const { id } = document.article;
        const passages = passagesOf(document);
        cache.set(keyOf(reader.tenant, id, document.hash), passages);
        if (wanted.get(id) === document.hash) found.set(id, passages);
      }
      return found;
    },
  };
}
