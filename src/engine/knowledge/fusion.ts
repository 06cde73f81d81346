import type { Candidate } from './knowledge-store.js';

/**
 * What speaks for a candidate: its words (BM25), its title's n-grams, solved tickets that link its document, what it means,
 * what its title means.
 */
export const SIGNALS = ['words', 'titles', 'tickets', 'meaning', 'titleMeaning'] as const;
export type Signals = Readonly<Record<(typeof SIGNALS)[number], number>>;

/**
 * Weight of each signal relative to its best score, for a question of one word and for an endless message: a question may
 * say in other words what is written down, a long message holds the words, and too much for one meaning. Chosen by
 * cross-validation on public question sets; fusion by rank alone lets the weaker signals do harm.
 */
const SHORT: Signals = { words: 1, titles: 0.2, tickets: 0.3, meaning: 0.65, titleMeaning: 0.5 };
const LONG: Signals = { words: 1, titles: 0.2, tickets: 0.6, meaning: 0.25, titleMeaning: 0.1 };

/** Distinct terms at which a text has become long for the most part. */
const LONG_TERMS = 16;

/** Where words alone tell one document from all others, meaning has little to add; more than this gap is no surer. */
const CLEAR_GAP = 0.5;

/** A best score below this is no reason to trust its signal fully: votes of tickets that are hardly alike. */
const FLOORS: Signals = { words: 0, titles: 0, tickets: 0.5, meaning: 0, titleMeaning: 0 };

/** A cosine below this is chance: alone it is no reason to show a document. */
const LEAST_LIKENESS = 0.3;

const speaks = ({ words, titles, tickets, meaning, titleMeaning }: Signals) =>
  words > 0 || titles > 0 || tickets > 0 || Math.max(meaning, titleMeaning) >= LEAST_LIKENESS;

export interface Ranked {
  readonly documentId: string;
  readonly hash: string;
  readonly position: number;
  /** Weighted sum of the signals; comparable within one list. */
  readonly score: number;
  readonly signals: Signals;
}

/** What was asked, and the signals of documents beside those of their passages. */
export interface Asked {
  /** Distinct terms of the text. */
  readonly terms: number;
  readonly title: (title: string) => number;
  readonly tickets: ReadonlyMap<string, number>;
}

function withoutRepeats(candidates: readonly Candidate[]): readonly Candidate[] {
  const seen = new Set<string>();
  return candidates.filter(({ documentId, position, isPassage }) => {
    // What is proposed only by its document stands aside where one of its passages was found.
    const key = isPassage ? JSON.stringify([documentId, position]) : documentId;
    if (seen.has(key)) return false;
    seen.add(key).add(documentId);
    return true;
  });
}

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

/** How far the document with the best words stands before the next, 0 to 1. */
function gapOf(candidates: readonly Candidate[]): number {
  const words = new Map<string, number>();
  for (const { documentId, words: score } of candidates) {
    words.set(documentId, Math.max(score, words.get(documentId) ?? 0));
  }
  const [first = 0, second = 0] = [...words.values()].sort((a, b) => b - a);
  return first === 0 ? 0 : 1 - second / first;
}

function weightsFor(terms: number, candidates: readonly Candidate[]): Signals {
  const shortness = Math.exp(-terms / LONG_TERMS);
  const doubt = (1 - Math.min(CLEAR_GAP, gapOf(candidates))) ** 2;
  const between = (name: keyof Signals) => SHORT[name] * shortness + LONG[name] * (1 - shortness);
  return {
    words: between('words'),
    titles: between('titles'),
    tickets: between('tickets'),
    meaning: between('meaning') * doubt,
    titleMeaning: between('titleMeaning') * doubt,
  };
}

/**
 * Ranks candidates by a weighted sum of their signals, each divided by its best; passages come before what was proposed by
 * its document in the input. What only chance speaks for is left out. One hit a document first, then the documents' other passages, each part best first.
 */
export function fuse(candidates: readonly Candidate[], { terms, title, tickets }: Asked): readonly Ranked[] {
  const weights = weightsFor(terms, candidates);
  const judged = withoutRepeats(candidates)
    .map((candidate) => ({
      candidate,
      signals: {
        words: candidate.words,
        titles: title(candidate.title),
        tickets: tickets.get(candidate.documentId) ?? 0,
        meaning: Math.max(0, candidate.meaning),
        titleMeaning: Math.max(0, candidate.titleMeaning),
      },
    }))
    .filter(({ signals }) => speaks(signals));
  const best = (name: keyof Signals) =>
    judged.reduce((most, { signals }) => Math.max(most, signals[name]), FLOORS[name]);
  const scales = SIGNALS.map((name) => ({ name, most: best(name) || 1 }));
  const ranked = judged.map(({ candidate: { documentId, hash, position }, signals }) => {
    const score = scales.reduce((sum, { name, most }) => sum + weights[name] * (signals[name] / most), 0);
    return { documentId, hash, position, score, signals };
  });
  return documentsFirst(ranked.sort((a, b) => b.score - a.score));
}
