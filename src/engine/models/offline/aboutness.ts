import type { RatedArticle } from './relevance.js';

/**
 * Logistic regression over the measures of an article: is it the one that answers? Fitted to the development questions of
 * GNOME's help and of masked OpenShift runbooks, to CLINC150 questions about food, travel and cars, which neither answers,
 * and to the sample tickets that are for tuning: 1,800 pairs of question and article, ridge 1, five-fold cross-validated
 * (log loss 0.164, area under the curve 0.988). Sources: evals/README.md.
 */
const WEIGHTS = {
  coverage: 2.9,
  score: 1.3,
  lead: 0.65,
  first: 1.8,
  code: 0.25,
  met: 0.95,
  bias: -8.8,
} as const;
/** What the first place says where the sources were listed for several parts at once. */
const FIRST_OF_MANY = 1.15;
/** Log odds from which an article is worth answering from, a probability of 0.15: the critic judges the draft after it. */
export const BAR = -1.7;

/** Log odds that an article answers the question that it was rated for, beside the others of the same ranking. */
export function aboutness(
  rated: RatedArticle,
  ranking: readonly RatedArticle[],
  isOneOfMany: boolean,
): number {
  const rival = Math.max(0, ...ranking.filter((other) => other !== rated).map(({ score }) => score));
  const lead = Math.min(1, Math.max(-1, Math.log((rated.score + 0.1) / (rival + 0.1))));
  const first = isOneOfMany ? FIRST_OF_MANY : rated.place === 0 ? WEIGHTS.first : 0;
  return (
    WEIGHTS.bias +
    WEIGHTS.coverage * rated.coverage +
    WEIGHTS.score * Math.log1p(rated.score) +
    WEIGHTS.lead * lead +
    first +
    (rated.sharesCode ? WEIGHTS.code : 0) +
    WEIGHTS.met * Math.log1p(rated.met)
  );
}
