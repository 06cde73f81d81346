import { messageOf } from './message.js';
import type { Source } from './prompt-reader.js';
import { queryOf } from './query.js';
import { analysisOf, kinship, type Term } from './text.js';

export interface MatchedPart {
  readonly part: string;
  /** Ids of the items that speak to it. */
  readonly items: readonly string[];
}

/** Share of a part's stress that the items must meet together for the part to count as dealt with. */
const ENOUGH = 0.34;
/** The words of a part that carry most of its stress. */
const FOCUS = 6;

const content = (text: string): Term[] => analysisOf(text).terms.filter(({ weight }) => weight >= 1);

const speaksOf = (stem: string, text: string): boolean => {
  const { counts } = analysisOf(text);
  if (counts.has(stem)) return true;
  for (const other of counts.keys()) if (kinship(stem, other) > 0) return true;
  return false;
};

/**
 * Splits a message into what it asks for and finds the items that deal with each part: together they must meet enough
 * of the words that the part stresses, codes and names above all.
 */
export function matchParts(subject: string, items: readonly Source[]): MatchedPart[] {
  const { parts } = messageOf(subject);
  const related = onTopic(subject, items);
  return parts.map((part) => {
    const focus = focusOf(part, subject);
    const total = focus.reduce((sum, { stress }) => sum + stress, 0);
    const met = focus.filter(({ stem }) => items.some(({ text }) => speaksOf(stem, text)));
    const share = met.reduce((sum, { stress }) => sum + stress, 0) / (total || 1);
    if (share < ENOUGH) return { part, items: [] };
    const direct = items.filter(
      ({ id, text }) => related.has(id) && met.some(({ stem }) => speaksOf(stem, text)),
    );
    const dealing = parts.length === 1 ? items.filter(({ id }) => related.has(id)) : direct;
    return { part, items: dealing.map(({ id }) => id) };
  });
}

function focusOf(part: string, subject: string): { stem: string; stress: number }[] {
  const weights = queryOf(subject);
  const own = new Map(
    content(part).map(({ stem, weight }) => [stem, weight * (0.5 + (weights.get(stem) ?? 0))]),
  );
  const stems = own.size >= 2 ? own : new Map([...weights].filter(([, weight]) => weight >= 1));
  return [...stems]
    .map(([stem, stress]) => ({ stem, stress }))
    .sort((a, b) => b.stress - a.stress)
    .slice(0, FOCUS);
}

/**
 * Ids of the items that belong to the message: they share a word of content with it, or with an item that does, or
 * stand between two that do, as a step among steps.
 */
export function onTopic(subject: string, items: readonly Source[]): Set<string> {
  const topic = new Set(content(subject).map(({ stem }) => stem));
  const belongs = new Set<string>();
  for (let grown = true; grown; ) {
    grown = false;
    for (const { id, text } of items) {
      if (belongs.has(id)) continue;
      const words = content(text);
      if (!words.some(({ stem }) => topic.has(stem) || [...topic].some((known) => kinship(known, stem) > 0)))
        continue;
      belongs.add(id);
      for (const { stem } of words) topic.add(stem);
      grown = true;
    }
  }
  const places = items.flatMap(({ id }, index) => (belongs.has(id) ? [index] : []));
  const [first = 0, last = -1] = [places[0], places.at(-1)];
  for (const [index, { id }] of items.entries()) if (index > first && index < last) belongs.add(id);
  return belongs;
}
