import type { Passage } from '../../../agents/ports.js';
import { grams } from './analysis.js';
import { fuse, type Signals } from './fusion.js';
import type { KnowledgeStore, Reader } from './knowledge-store.js';
import type { Meaning } from './meaning.js';
import type { PassageShelf } from './passages.js';
import { coverageOf, queryTerms, weighQuery } from './query.js';
import { titleSimilarity } from './title-similarity.js';

/** Candidates to choose from: enough that the documents behind a page of hits are all among them. */
const candidatesFor = (limit: number) => Math.max(48, limit * 3);

/** A document that changes between finding and reading is found anew, this often. */
const ATTEMPTS = 3;

export interface Query {
  readonly text: string;
  readonly limit: number;
  readonly collection?: string;
}

export interface Hit extends Passage {
  /** Each signal's own score, 0 where it says nothing. */
  readonly signals: Signals;
}

/** Documents that colleagues linked in tickets like this text, with the strength of the link. */
export type LinkedDocuments = (text: string, reader: Reader) => Promise<ReadonlyMap<string, number>>;

export interface SearchRoom {
  readonly store: KnowledgeStore;
  readonly passages: PassageShelf;
  readonly linked: LinkedDocuments;
  /** Without it documents are found by words alone. */
  readonly meaning?: Meaning;
}

/**
 * Finds the passages that fit a text best, at most `limit`, one a document first. Any text is a valid query; one that
 * says nothing, or nothing that is written down, finds nothing.
 */
export async function search(room: SearchRoom, query: Query, reader: Reader): Promise<readonly Hit[]> {
  const terms = queryTerms(query.text);
  const [statistics, tickets, meaning] = await Promise.all([
    room.store.statistics(
      reader.tenant,
      terms.map(({ term }) => term),
    ),
    room.linked(query.text, reader),
    room.meaning?.asked(query.text),
  ]);
  const asked = weighQuery(terms, statistics);
  const wanted = {
    words: asked.known,
    titleGrams: grams(asked.unknown.join(' ')),
    ids: [...tickets.keys()],
    limit: candidatesFor(query.limit),
    ...(query.collection !== undefined && { collection: query.collection }),
    ...(meaning && { meaning }),
  };
  const title = titleSimilarity(query.text);

  for (let attempt = 1; ; attempt += 1) {
    const candidates = await room.store.candidates(reader, wanted);
    const ranked = fuse(candidates, { terms: terms.length, title, tickets }).slice(0, query.limit);
    const hashes = new Map(ranked.map(({ documentId, hash }) => [documentId, hash]));
    const loaded = await room.passages.load(reader, hashes);
    if (loaded.size < hashes.size && attempt < ATTEMPTS) continue;
    return ranked.flatMap(({ documentId, position, score, signals }) => {
      const passage = loaded.get(documentId)?.[position];
      if (!passage) return [];
      const { terms: termsOf, ...shown } = passage;
      return [{ ...shown, score, coverage: coverageOf(asked.weights, termsOf()), signals }];
    });
  }
}
