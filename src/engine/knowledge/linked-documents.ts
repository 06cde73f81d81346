import type { FindSimilar } from '../learning/similar-tickets.js';
import type { LinkedDocuments } from './search.js';

/** Solved tickets that vote. */
const VOTERS = 20;

/** Documents by the votes of the solved tickets that link them; a ticket's vote is its similarity. */
export function linkedDocuments(findSimilar: FindSimilar): LinkedDocuments {
  return async (text, { tenant }) => {
    const votes = new Map<string, number>();
    for (const { articles, score } of await findSimilar(tenant, text, VOTERS)) {
      for (const id of articles) votes.set(id, (votes.get(id) ?? 0) + score);
    }
    return votes;
  };
}
