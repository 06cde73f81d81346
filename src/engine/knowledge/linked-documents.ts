import type { FindSimilar } from '../learning/similar-tickets.js';
import type { LinkedDocuments } from './search.js';

/** Solved tickets that vote. */
const VOTERS = 10;
/** Squared, so that one close ticket says more than several distant ones. */
const SHARPNESS = 2;

/** Documents by the votes of the most similar solved tickets that link them. */
export function linkedDocuments(findSimilar: FindSimilar): LinkedDocuments {
  return async (text, { tenant }) => {
    const votes = new Map<string, number>();
    for (const { articles, score } of await findSimilar(tenant, text, VOTERS)) {
      for (const id of articles) votes.set(id, (votes.get(id) ?? 0) + score ** SHARPNESS);
    }
    return votes;
  };
}
