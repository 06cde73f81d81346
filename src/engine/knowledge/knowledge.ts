import type { Passage, SearchQuery } from '../../../agents/ports.js';
import type { RunContext } from '../../../agents/run-context.js';
import type { Reader } from './knowledge-store.js';
import { type Hit, type SearchRoom, search } from './search.js';

const passageOf = ({ signals: _, ...passage }: Hit): Passage => passage;

/** The `Knowledge` port; of a run it needs to know only who asks. */
export interface PrincipalKnowledge {
  search(query: SearchQuery, run: Pick<RunContext, 'principal'>): Promise<readonly Passage[]>;
  open(documentId: string, run: Pick<RunContext, 'principal'>): Promise<readonly Passage[]>;
}

/** The agents' view of what the tenant has written down: each call sees with the eyes of the run's principal. */
export function createKnowledge(room: SearchRoom): PrincipalKnowledge {
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
