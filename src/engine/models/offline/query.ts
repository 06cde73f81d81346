import { memoize } from './lru.js';
import { messageOf } from './message.js';
import type { Query } from './similarity.js';
import { analysisOf } from './text.js';

const TITLE = 2.5;
const ASKED = 1.3;
const LOGGED = 0.4;

/**
 * The weighted stems of a message. Its first sentence, which is a ticket's subject, and its questions count more than
 * the story around them, pasted logs less; repetition counts by its logarithm.
 */
export const queryOf = memoize(512, (text: string): Query => {
  const { sentences, log } = messageOf(text);
  const query = new Map<string, number>();
  const add = (part: string, share: number) => {
    for (const { stem, weight } of analysisOf(part).terms) {
      const before = query.get(stem) ?? 0;
      query.set(stem, before === 0 ? weight * share : before + (weight * share) / (1 + 2 * before));
    }
  };
  for (const [index, sentence] of sentences.entries()) {
    add(sentence, index === 0 ? TITLE : sentence.endsWith('?') ? ASKED : 1);
  }
  if (log !== '') add(log, LOGGED);
  return query;
});
