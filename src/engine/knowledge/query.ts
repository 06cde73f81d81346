import { analyse } from './analysis.js';
import type { TermStatistics } from './knowledge-store.js';

/** A query reduced to what tells subjects apart. */
export interface AnalysedQuery {
  /** The terms to find passages by, each as often as it counts; some passage holds each. */
  readonly known: readonly string[];
  /** The weightiest terms that no passage holds: names, other words, and misspellings. */
  readonly unknown: readonly string[];
  /** Weight by term of the weightiest terms, known or not, for judging what was found. */
  readonly weights: ReadonlyMap<string, number>;
}

/** A query's text beyond this is not read: a ticket says what it is about before. */
const READ_CHARACTERS = 20_000;
/** What a passage is judged by; more terms of a long message would be noise. */
const MOST_TERMS = 24;
/** What passages are found by; beyond it a term costs more than it finds. */
const MOST_FOUND_BY = 40;
const MOST_REPETITIONS = 8;
const MOST_UNKNOWN = 6;
/** After this many terms a word weighs half: messages begin with what they are about and end in signatures and logs. */
const HALF_WEIGHT_AFTER = 40;

/** The distinct terms of a query with how often and how early each occurs. */
export interface QueryTerm {
  readonly term: string;
  readonly count: number;
  readonly first: number;
}

/** Distinct terms of a query's text, in order of appearance. */
export function queryTerms(text: string): readonly QueryTerm[] {
  const found = new Map<string, { term: string; count: number; first: number }>();
  analyse(text.slice(0, READ_CHARACTERS)).forEach((term, first) => {
    const known = found.get(term);
    if (known) known.count += 1;
    else found.set(term, { term, count: 1, first });
  });
  return [...found.values()];
}

/** Robertson–Sparck Jones weight in the form that is never negative. */
export const rarity = (total: number, holding: number): number =>
  Math.log(1 + (total - Math.min(holding, total) + 0.5) / (holding + 0.5));

/**
 * Keeps the terms that matter most. Passages are found by what a message repeats: it is what a long one is about; they are
 * judged by what it begins with.
 */
export function weighQuery(terms: readonly QueryTerm[], statistics: TermStatistics): AnalysedQuery {
  const { passages, frequencies } = statistics;
  const weighed = terms
    .map(({ term, count, first }) => {
      const idf = rarity(passages, frequencies.get(term) ?? 0);
      return { term, idf, count, salience: (idf * (1 + Math.log(count))) / (1 + first / HALF_WEIGHT_AFTER) };
    })
    .sort((a, b) => b.salience - a.salience);
  const known = weighed
    .filter(({ term }) => frequencies.has(term))
    .sort((a, b) => b.idf * b.count - a.idf * a.count)
    .slice(0, MOST_FOUND_BY);
  const unknown = weighed.filter(({ term }) => !frequencies.has(term)).slice(0, MOST_UNKNOWN);
  return {
    known: known.flatMap(({ term, count }) =>
      Array.from({ length: Math.min(count, MOST_REPETITIONS) }, () => term),
    ),
    unknown: unknown.map(({ term }) => term),
    weights: new Map(weighed.slice(0, MOST_TERMS).map(({ term, idf }) => [term, idf])),
  };
}

/** Share of the query's weight that a passage's terms cover, 0 to 1. */
export function coverageOf(weights: ReadonlyMap<string, number>, terms: ReadonlySet<string>): number {
  let all = 0;
  let covered = 0;
  for (const [term, weight] of weights) {
    all += weight;
    if (terms.has(term)) covered += weight;
  }
  return all === 0 ? 0 : covered / all;
}
