import type { Query } from './similarity.js';
import { analysisOf, kinship } from './text.js';
import type { Article, Unit } from './units.js';

/** What a question has in common with a set of articles. */
export interface Relevance {
  /** Weight of each stem of the articles for the question: how much the question stresses it, how rare it is here. */
  readonly weights: ReadonlyMap<string, number>;
  /** The best article first. */
  readonly ranking: readonly RatedArticle[];
}

export interface RatedArticle {
  readonly article: Article;
  readonly score: number;
  /** Share of the question's stress that the article's words meet, 0 to 1; words that no article has count half. */
  readonly coverage: number;
  /** How many of the words that the question stresses the article has. */
  readonly met: number;
  /** True where the article has a code or number of the question. */
  readonly sharesCode: boolean;
  /** Place in the given order, from 0. */
  readonly place: number;
}

const NATURE_SHARE: Readonly<Record<Article['nature'], number>> = {
  article: 1,
  case: 0.55,
  observation: 0.4,
};
/** Whoever lists sources lists the likely ones first: how much that lifts the first place. */
const FIRST_LIFT = 0.3;

const textOf = (article: Article): string => article.units.map(({ text }) => text).join('\n');
const headingsOf = (article: Article): string =>
  [...new Set(article.units.map(({ section }) => section))].join('\n');

/** Rates articles for a question by the rarity of the words that they share, in title, headings and text. */
export function relevanceOf(query: Query, articles: readonly Article[]): Relevance {
  const read = articles.map((article) => ({
    article,
    title: analysisOf(article.title),
    headings: analysisOf(headingsOf(article)),
    body: analysisOf(textOf(article)),
  }));
  const frequency = new Map<string, number>();
  for (const { title, body } of read) {
    for (const stem of new Set([...title.counts.keys(), ...body.counts.keys()]))
      frequency.set(stem, (frequency.get(stem) ?? 0) + 1);
  }
  const related = kinOf(query, frequency);
  const rarity = (stem: string): number =>
    Math.log(1 + (articles.length + 1) / ((frequency.get(stem) ?? 0) + 0.5));
  const weights = new Map<string, number>();
  for (const [stem, matches] of related) {
    for (const [own, kin] of matches) {
      const weight = (query.get(stem) ?? 0) * kin * rarity(own);
      if (weight > (weights.get(own) ?? 0)) weights.set(own, weight);
    }
  }
  const told = [...query].filter(([, weight]) => weight >= 0.6);

  const ranking = read.map(({ article, title, headings, body }, place) => {
    const has = (stem: string) => body.counts.has(stem) || title.counts.has(stem);
    let score = 0;
    for (const [stem, weight] of weights) {
      const count = body.counts.get(stem) ?? 0;
      const position = title.counts.has(stem) ? 1.8 : headings.counts.has(stem) ? 1.2 : 0.8;
      if (has(stem))
        score += weight * position * (count / (count + 1.2) + (title.counts.has(stem) ? 0.5 : 0));
    }
    let [met, missed, words] = [0, 1, 0];
    for (const [stem, weight] of told) {
      const kin = related.get(stem);
      if (!kin) missed += weight / 2;
      else if (kin.some(([own]) => has(own))) {
        met += weight;
        words += 1;
      } else missed += weight;
    }
    return {
      article,
      score: score * NATURE_SHARE[article.nature] * (1 + FIRST_LIFT / (1 + place)),
      coverage: met / (met + missed),
      met: words,
      sharesCode: told.some(([stem]) => /\d/.test(stem) && stem.length >= 4 && has(stem)),
      place,
    };
  });
  return { weights, ranking: ranking.sort((a, b) => b.score - a.score) };
}

/** For each stem of the query the stems of the articles that are the same word, with how surely. */
function kinOf(query: Query, vocabulary: ReadonlyMap<string, unknown>): Map<string, [string, number][]> {
  const result = new Map<string, [string, number][]>();
  for (const stem of query.keys()) {
    if (vocabulary.has(stem)) {
      result.set(stem, [[stem, 1]]);
      continue;
    }
    const kin: [string, number][] = [];
    for (const other of vocabulary.keys()) {
      const sure = kinship(stem, other);
      if (sure > 0) kin.push([other, sure]);
    }
    if (kin.length > 0) result.set(stem, kin);
  }
  return result;
}

/** How much of the question a text meets, by the weights of {@link relevanceOf}; each word counts once. */
export function worth(text: string, weights: ReadonlyMap<string, number>): number {
  let sum = 0;
  for (const stem of analysisOf(text).counts.keys()) sum += weights.get(stem) ?? 0;
  return sum;
}

/** {@link worth} of a unit, a little of it lent by the heading above. */
export const worthOfUnit = (unit: Unit, weights: ReadonlyMap<string, number>): number =>
  worth(unit.text, weights) + 0.35 * worth(unit.section, weights);
