import { stemmer } from 'stemmer';

/** The usual constants: saturation of repeated terms, and how much a document's length counts. */
const K1 = 1.2;
const B = 0.75;

const STOP_WORDS = new Set(
  `a an and are as at be by can do does for from has have how i if in is it its me my not of on or our so that the their
  there this to was we what when where which who why will with you your`.split(/\s+/),
);

/** Porter stems without stop words, in order. */
export const termsOf = (text: string) =>
  (text.toLowerCase().match(/[\p{L}\p{N}]+/gu) ?? []).filter((word) => !STOP_WORDS.has(word)).map(stemmer);

export interface Bm25Document {
  readonly id: string;
  readonly title: string;
  readonly body: string;
}

/**
 * The yardstick beside the shipped search: whole documents, Porter stems, BM25 and nothing else. It shares no code with
 * what it is held against.
 */
export function createBm25(documents: readonly Bm25Document[]): (text: string) => readonly string[] {
  const postings = new Map<string, Map<number, number>>();
  const lengths = documents.map(({ title, body }, number) => {
    const terms = termsOf(`${title}\n${body}`);
    for (const term of terms) {
      const counts = postings.get(term) ?? new Map<number, number>();
      counts.set(number, (counts.get(number) ?? 0) + 1);
      postings.set(term, counts);
    }
    return terms.length;
  });
  const average = lengths.reduce((sum, length) => sum + length, 0) / Math.max(1, lengths.length);

  return (text) => {
    const scores = new Map<number, number>();
    for (const term of termsOf(text)) {
      const counts = postings.get(term) ?? new Map<number, number>();
      const idf = Math.log(1 + (documents.length - counts.size + 0.5) / (counts.size + 0.5));
      for (const [number, count] of counts) {
        const norm = K1 * (1 - B + (B * (lengths[number] ?? 0)) / average);
        scores.set(number, (scores.get(number) ?? 0) + (idf * count * (K1 + 1)) / (count + norm));
      }
    }
    return [...scores].sort(([, a], [, b]) => b - a).flatMap(([number]) => documents[number]?.id ?? []);
  };
}
