import type { Knowledge, Passage } from '../../../agents/ports.js';
import type { Reader } from './knowledge-store.js';
import { type Hit, type SearchRoom, search } from './search.js';

const passageOf = ({ signals: _, ...passage }: Hit): Passage => passage;

/** The agents' view of what the tenant has written down: each call sees with the eyes of the run's principal. */
export function createKnowledge(room: SearchRoom): Knowledge {
  const readerOf = ({ tenant, groups }: Reader): Reader => ({ tenant, groups });

  return {
    async search(query, run) {
      const hits = await search(room, query, readerOf(run.principal));
      return hits.map(passageOf);
    },

    async open(documentId, run) {
      const reader = readerOf(run.principal);
      const hash = await room.store.hashOf(reader, documentId);
      if (hash === undefined) return [];
      const documents = await room.passages.load(reader, new Map([[documentId, hash]]));
      return (documents.get(documentId) ?? []).map(({ terms: _, ...passage }) => ({
        ...passage,
        score: 0,
        coverage: 0,
      }));
    },
  };
}
