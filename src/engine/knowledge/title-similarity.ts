import { grams } from './analysis.js';
import { createBoundedCache } from './bounded-cache.js';

/** The part of a long message that may echo a title. */
const BEGINNING = 300;

const known = createBoundedCache<ReadonlySet<string>>(1_000_000, (held) => held.size + 1);

function titleGrams(title: string): ReadonlySet<string> {
  const found = known.get(title);
  if (found) return found;
  const made = new Set(grams(title));
  known.set(title, made);
  return made;
}

/**
 * Compares titles with a text by the cosine of their character 4-grams, 0 to 1: it forgives endings, compounds and
 * misspellings that whole words do not.
 */
export function titleSimilarity(text: string): (title: string) => number {
  const asked = new Set(grams(text.slice(0, BEGINNING)));
  return (title) => {
    const own = titleGrams(title);
    let shared = 0;
    for (const gram of own) if (asked.has(gram)) shared += 1;
    return shared === 0 ? 0 : shared / Math.sqrt(asked.size * own.size);
  };
}
