import { memoize } from './lru.js';
import { analysisOf, type Term } from './text.js';

/** Weighted stems of what is looked for. */
export type Query = ReadonlyMap<string, number>;

interface Indexed {
  readonly postings: ReadonlyMap<string, readonly (readonly [document: number, weight: number])[]>;
  readonly size: number;
}

const GRAM_SHARE = 0.3;

/** Character trigrams of a stem with its borders: `#vp`, `vpn`, `pn#`. */
function grams(stem: string): string[] {
  const padded = `#${stem}#`;
  return Array.from({ length: Math.max(0, padded.length - 2) }, (_, at) => `~${padded.slice(at, at + 3)}`);
}

function features(terms: Iterable<readonly [stem: string, weight: number]>): Map<string, number> {
  const found = new Map<string, number>();
  for (const [stem, weight] of terms) {
    found.set(stem, (found.get(stem) ?? 0) + weight);
    if (/\d/.test(stem)) continue;
    const parts = grams(stem);
    for (const gram of parts)
      found.set(gram, (found.get(gram) ?? 0) + (GRAM_SHARE * weight) / Math.sqrt(parts.length));
  }
  return found;
}

const featuresOf = memoize(1_000, (text: string) => features(weighted(analysisOf(text).terms)));

const weighted = (terms: readonly Term[]) => terms.map(({ stem, weight }) => [stem, weight] as const);

const askedFeatures = new WeakMap<Query, Map<string, number>>();
function asked(query: Query): Map<string, number> {
  const known = askedFeatures.get(query) ?? features(query);
  askedFeatures.set(query, known);
  return known;
}

/**
 * TF-IDF cosine over stems and their character trigrams. Build once for texts that stay, ask many times: a question
 * costs one look at the postings of its own features.
 */
export class SimilarityIndex {
  readonly #index: Indexed;
  readonly #idf = new Map<string, number>();

  constructor(texts: readonly string[]) {
    const documents = texts.map(featuresOf);
    for (const document of documents)
      for (const feature of document.keys()) this.#idf.set(feature, (this.#idf.get(feature) ?? 0) + 1);
    for (const [feature, frequency] of this.#idf)
      this.#idf.set(feature, Math.log(1 + texts.length / frequency));
    const postings = new Map<string, [number, number][]>();
    for (const [at, document] of documents.entries()) {
      const vector = [...document].map(([feature, count]) => [feature, this.#weigh(feature, count)] as const);
      const norm = Math.hypot(...vector.map(([, weight]) => weight)) || 1;
      for (const [feature, weight] of vector) {
        const list = postings.get(feature);
        if (list) list.push([at, weight / norm]);
        else postings.set(feature, [[at, weight / norm]]);
      }
    }
    this.#index = { postings, size: texts.length };
  }

  /** Cosine of the query with each text, in the order in which they were given. */
  scores(query: Query): number[] {
    const scores = new Array<number>(this.#index.size).fill(0);
    let norm = 0;
    for (const [feature, count] of asked(query)) {
      const weight = this.#weigh(feature, count);
      norm += weight * weight;
      for (const [at, other] of this.#index.postings.get(feature) ?? [])
        scores[at] = (scores[at] ?? 0) + weight * other;
    }
    const length = Math.sqrt(norm) || 1;
    return scores.map((score) => score / length);
  }

  /** Cosine of the query with a text outside the index, by the rarity of words inside it. */
  likeness(query: Query, text: string): number {
    const other = featuresOf(text);
    let [product, own, others] = [0, 0, 0];
    for (const [feature, count] of asked(query)) {
      const weight = this.#weigh(feature, count);
      own += weight * weight;
      const met = other.get(feature);
      if (met !== undefined) product += weight * this.#weigh(feature, met);
    }
    for (const [feature, count] of other) others += this.#weigh(feature, count) ** 2;
    return product / (Math.sqrt(own * others) || 1);
  }

  #weigh(feature: string, count: number): number {
    return (
      (1 + Math.log(Math.max(count, 1e-3) + 1)) *
      Math.min(1, count * 2) *
      (this.#idf.get(feature) ?? Math.log(1 + this.#index.size))
    );
  }
}
