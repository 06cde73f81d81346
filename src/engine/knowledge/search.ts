import type { Passage } from '../../../agents/ports.js';
import type { Candidate, KnowledgeStore, Reader } from './knowledge-store.js';
import type { PassageShelf } from './passages.js';
import { type AnalysedQuery, coverageOf, queryGrams, queryTerms, weighQuery } from './query.js';

export const SIGNALS = ['words', 'titles', 'tickets'] as const;
export type Signal = (typeof SIGNALS)[number];

/**
 * Weight of each signal's score, taken relative to its best. Chosen by cross-validation on the development sets:
 * plain rank fusion lets the weaker lists do harm.
 */
const WEIGHTS: Readonly<Record<Signal, number>> = { words: 1, titles: 0.3, tickets: 0.5 };

/** Candidates a signal is asked for: enough that the documents behind a page of hits are all there. */
const candidatesFor = (limit: number) => Math.max(60, limit * 3);

/** A document that changes between finding and reading is found anew, this often. */
const ATTEMPTS = 3;

export interface Query {
  readonly text: string;
  readonly limit: number;
  readonly collection?: string;
}

export interface Hit extends Passage {
  /** Each signal's own score, 0 where it does not know the passage's document. */
  readonly signals: Readonly<Record<Signal, number>>;
}

/** Documents that colleagues linked in tickets like this text, with the strength of the link. */
export type LinkedDocuments = (text: string, reader: Reader) => Promise<ReadonlyMap<string, number>>;

export interface SearchRoom {
  readonly store: KnowledgeStore;
  readonly passages: PassageShelf;
  readonly linked: LinkedDocuments;
}

interface Ranked {
  readonly documentId: string;
  readonly hash: string;
  readonly position: number;
  readonly score: number;
  readonly signals: Readonly<Record<Signal, number>>;
}

const best = (scores: Iterable<number>) => Math.max(Number.MIN_VALUE, ...scores);

const scoresByDocument = (candidates: readonly Candidate[]) =>
  new Map(candidates.map(({ documentId, score }) => [documentId, score]));

/** One hit a document first, then the rest, each part best first. */
function documentsFirst(ranked: readonly Ranked[]): readonly Ranked[] {
  const seen = new Set<string>();
  const first: Ranked[] = [];
  const rest: Ranked[] = [];
  for (const hit of ranked) {
    (seen.has(hit.documentId) ? rest : first).push(hit);
    seen.add(hit.documentId);
  }
  return [...first, ...rest];
}

/** Joins the signals' lists by a weighted sum of scores, each relative to its list's best. */
export function fuse(lists: Readonly<Record<Signal, readonly Candidate[]>>): readonly Ranked[] {
  const titles = scoresByDocument(lists.titles);
  const tickets = scoresByDocument(lists.tickets);
  const inWords = new Set(lists.words.map(({ documentId }) => documentId));
  const only = [...lists.titles, ...lists.tickets].filter(({ documentId }) => !inWords.has(documentId));
  const others = new Map(only.map((candidate) => [candidate.documentId, { ...candidate, score: 0 }]));
  const top: Readonly<Record<Signal, number>> = {
    words: best(lists.words.map(({ score }) => score)),
    titles: best(titles.values()),
    tickets: best(tickets.values()),
  };
  const ranked = [...lists.words, ...others.values()].map(({ documentId, hash, position, score }) => {
    const signals = {
      words: score,
      titles: titles.get(documentId) ?? 0,
      tickets: tickets.get(documentId) ?? 0,
    };
    const sum = SIGNALS.reduce((total, name) => total + (WEIGHTS[name] * signals[name]) / top[name], 0);
    return { documentId, hash, position, score: sum, signals };
  });
  return documentsFirst(ranked.sort((a, b) => b.score - a.score));
}

async function linkedCandidates(
  { store, linked }: SearchRoom,
  query: Query,
  reader: Reader,
): Promise<Candidate[]> {
  const links = await linked(query.text, reader);
  const hashes = await store.readable(reader, [...links.keys()], query.collection);
  return [...hashes].map(([documentId, hash]) => ({
    documentId,
    hash,
    position: 0,
    score: links.get(documentId) ?? 0,
  }));
}

async function rank(
  room: SearchRoom,
  query: Query,
  asked: AnalysedQuery,
  reader: Reader,
): Promise<readonly Ranked[]> {
  const limit = candidatesFor(query.limit);
  const within = { limit, ...(query.collection !== undefined && { collection: query.collection }) };
  const [words, titles, tickets] = await Promise.all([
    room.store.byWords(reader, { terms: asked.known, ...within }),
    room.store.byGrams(reader, { terms: queryGrams(query.text), ...within }),
    linkedCandidates(room, query, reader),
  ]);
  return fuse({ words, titles, tickets });
}

/**
 * Finds the passages that fit a text best, at most `limit`, one a document first. Any text is a valid query; one that
 * says nothing, or nothing that is written down, finds nothing.
 */
export async function search(room: SearchRoom, query: Query, reader: Reader): Promise<readonly Hit[]> {
  const terms = queryTerms(query.text);
  const statistics = await room.store.statistics(
    reader.tenant,
    terms.map(({ term }) => term),
  );
  const asked = weighQuery(terms, statistics);

  for (let attempt = 1; ; attempt += 1) {
    const ranked = (await rank(room, query, asked, reader)).slice(0, query.limit);
    const wanted = new Map(ranked.map(({ documentId, hash }) => [documentId, hash]));
    const loaded = await room.passages.load(reader, wanted);
    if (loaded.size < wanted.size && attempt < ATTEMPTS) continue;
    return ranked.flatMap(({ documentId, position, score, signals }) => {
      const passage = loaded.get(documentId)?.[position];
      if (!passage) return [];
      const { terms: termsOf, ...shown } = passage;
      return [{ ...shown, score, coverage: coverageOf(asked.weights, termsOf()), signals }];
    });
  }
}
