import { languageOf } from './language.js';
import { messageOf } from './message.js';
import type { Source } from './prompt-reader.js';
import { queryOf } from './query.js';
import type { Query } from './similarity.js';
import { analysisOf, kinship, type Term } from './text.js';

export interface MatchedPart {
  readonly part: string;
  /** Ids of the items that speak to it. */
  readonly items: readonly string[];
}

/** Share of the stress of a text that the items must meet together for it to count as dealt with. */
const ENOUGH = 0.17;
/** So many words in common are enough whatever else a long story tells. */
const ENOUGH_WORDS = 4;
/** The words that carry most of the stress. */
const FOCUS = 10;
/** A part with fewer words of its own only means something beside the rest of the message. */
const OWN_WORDS = 2;

const content = (text: string): Term[] => analysisOf(text).terms.filter(({ weight }) => weight >= 1);

const speaksOf = (stem: string, text: string): boolean => {
  const { counts } = analysisOf(text);
  if (counts.has(stem)) return true;
  for (const other of counts.keys()) if (kinship(stem, other) > 0) return true;
  return false;
};

/**
 * Splits a message into what it asks for and finds the items that deal with each part: together they must meet enough
 * of the words that the part stresses, codes and names above all. Across languages one word in common is enough.
 */
export function matchParts(subject: string, items: readonly Source[]): MatchedPart[] {
  const { parts } = messageOf(subject);
  const belonging = onTopic(subject, items);
  const related = items.filter(({ id }) => belonging.has(id));
  const isForeign = languageOf(subject) !== languageOf(items.map(({ text }) => text).join('\n'));
  const deals = (focus: readonly Stressed[], candidates: readonly Source[]): Source[] => {
    const met = focus.filter(({ stem }) => candidates.some(({ text }) => speaksOf(stem, text)));
    const share = sum(met) / (sum(focus) || 1);
    const isEnough = share >= ENOUGH || met.length >= ENOUGH_WORDS || (isForeign && met.length > 0);
    return isEnough ? candidates.filter(({ text }) => met.some(({ stem }) => speaksOf(stem, text))) : [];
  };
  const whole = deals(strongest(queryOf(subject)), related).length > 0 ? related : [];
  return parts.map((part) => {
    const own = strongest(queryOf(part));
    const dealing = parts.length === 1 || own.length < OWN_WORDS ? whole : deals(own, related);
    return { part, items: dealing.map(({ id }) => id) };
  });
}

interface Stressed {
  readonly stem: string;
  readonly stress: number;
}

const sum = (words: readonly Stressed[]): number => words.reduce((total, { stress }) => total + stress, 0);

const strongest = (query: Query): Stressed[] =>
  [...query]
    .filter(([, stress]) => stress >= 0.9)
    .map(([stem, stress]) => ({ stem, stress }))
    .sort((a, b) => b.stress - a.stress)
    .slice(0, FOCUS);

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
