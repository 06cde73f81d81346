import { type Check } from './check.js';
import { treebankTokens } from './treebank.js';

function grams(words: readonly string[], size: number): Map<string, number> {
  const counts = new Map<string, number>();
  for (let at = 0; at + size <= words.length; at += 1) {
    const gram = words.slice(at, at + size).join(' ');
    counts.set(gram, (counts.get(gram) ?? 0) + 1);
  }
  return counts;
}

/** How many of the candidate's n-grams the reference has too, each at most as often as it is there. */
function clipped(candidate: ReadonlyMap<string, number>, reference: ReadonlyMap<string, number>): number {
  let shared = 0;
  for (const [gram, count] of candidate) shared += Math.min(count, reference.get(gram) ?? 0);
  return shared;
}

/** ROUGE-1's F (Lin 2004) over the treebank's words, whatever their case. */
export function rouge(candidate: string, reference: string): number {
  const [one, other] = [candidate, reference].map((text) => treebankTokens(text.toLowerCase()));
  if (!one?.length || !other?.length) return 0;
  return (2 * clipped(grams(one, 1), grams(other, 1))) / (one.length + other.length);
}

const words = (text: string) => text.toLowerCase().trim().split(/\s+/);
const ORDERS = [1, 2, 3, 4];
/** Stands in for a precision of 0, whose logarithm there is not. */
const TINY = 1e-7;

/** BLEU (Papineni et al. 2002): n-grams of the orders that the candidate has, against the best reference for each. */
export function bleu(candidate: string, references: readonly string[]): number {
  if (candidate.trim() === '') return 0;
  const said = words(candidate);
  const wanted = references.map(words);
  const nearest = wanted
    .map(({ length }) => length)
    .toSorted((a, b) => Math.abs(a - said.length) - Math.abs(b - said.length) || a - b)[0];
  if (nearest === undefined) throw new Error('the assertion needs a reference');
  const orders = ORDERS.filter((order) => order <= said.length);
  const logs = orders.map((order) => {
    const candidates = grams(said, order);
    const shared = Math.max(...wanted.map((reference) => clipped(candidates, grams(reference, order))));
    return Math.log(shared / (said.length - order + 1) || TINY);
  });
  const brevity = said.length > nearest ? 1 : Math.exp(1 - nearest / said.length);
  return brevity * Math.exp(logs.reduce((sum, log) => sum + log, 0) / logs.length);
}

/** Checks by shared words. */
export const OVERLAP_CHECKS: Readonly<Record<string, Check>> = {
  'rouge-n'({ text, value, threshold = 0.75 }) {
    if (typeof value !== 'string') throw new Error('the assertion needs a text as its value');
    const score = rouge(text, value);
    return { holds: score >= threshold, score, reason: `ROUGE ${score.toFixed(3)}, threshold ${threshold}` };
  },
  bleu({ text, value, threshold = 0.5 }) {
    const references: unknown[] = Array.isArray(value) ? value : [value];
    const texts = references.filter((reference) => typeof reference === 'string');
    if (texts.length < references.length)
      throw new Error('the assertion needs a text or a list of texts as its value');
    const score = bleu(text, texts);
    return { holds: score >= threshold, score, reason: `BLEU ${score.toFixed(3)}, threshold ${threshold}` };
  },
};
