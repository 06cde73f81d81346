import { messageOf } from './message.js';
import { queryOf } from './query.js';
import { analysisOf, type Term } from './text.js';

const LONGEST = 12;

/**
 * Search queries for a message: its words of content in their order, each once, codes and names included; a word that
 * has a more usual one is followed by that. One query for each thing that is asked, `limit` at the most.
 */
export function keyPhrases(subject: string, limit: number): string[] {
  const { parts, sentences, log } = messageOf(subject);
  const told = sentences.join('\n');
  const whole = phrase(subject, [...analysisOf(told).terms, ...analysisOf(log).terms]);
  const asked = parts.length > 1 ? parts.map((part) => phrase(subject, analysisOf(part).terms)) : [];
  const queries = [...new Set(asked.length > 1 ? [...asked, whole] : [whole])].filter(
    (query) => query !== '',
  );
  return (queries.length > 0 ? queries : [subject.trim().slice(0, 200)]).slice(0, limit);
}

function phrase(subject: string, terms: readonly Term[]): string {
  const weights = queryOf(subject);
  const best = new Map<string, Term>();
  for (const term of terms) if (term.weight >= 1 && !best.has(term.stem)) best.set(term.stem, term);
  const chosen = [...best.values()]
    .sort((a, b) => (weights.get(b.stem) ?? 0) * b.weight - (weights.get(a.stem) ?? 0) * a.weight)
    .slice(0, LONGEST);
  const inOrder = [...best.values()].filter((term) => chosen.includes(term));
  const words = inOrder.flatMap(({ surface, usual }) => (usual ? [surface, usual] : [surface]));
  return [...new Set(words.map((word) => word.trim()))].join(' ');
}
