import { FEELING_WORDS, FEELINGS } from './lexicon.js';
import { analysisOf } from './text.js';

const ORDINARY: readonly [number, number] = FEELINGS.calm ?? [0, 0];

/** True where most of the names are feelings. */
export const areFeelings = (names: readonly string[]): boolean =>
  names.filter((name) => name.toLowerCase() in FEELINGS).length > names.length / 2;

/**
 * The feeling among `names` that is nearest to what a text shows: words of feeling, exclamation marks and shouted
 * words move a point in the plane of pleasure and agitation (Russell 1980) away from calm.
 */
export function moodOf(text: string, names: readonly string[]): string | null {
  const { words } = analysisOf(text);
  let [pleasant, agitated] = ORDINARY;
  for (const [feeling, list] of Object.entries(FEELING_WORDS)) {
    const [x, y] = FEELINGS[feeling] ?? ORDINARY;
    const force = Math.min(1, 0.45 * words.filter((word) => list.has(word)).length);
    pleasant += force * x;
    agitated += force * (y - ORDINARY[1]);
  }
  const shouted = text.match(/\b\p{Lu}{4,}\b/gu)?.filter((word) => !/[_\d]/.test(word)).length ?? 0;
  const marks = (text.match(/!{2,}|\?{2,}/g)?.length ?? 0) + 0.3 * (text.match(/!/g)?.length ?? 0);
  const stir = Math.min(0.6, 0.12 * shouted + 0.15 * marks);
  agitated += stir;
  if (pleasant < ORDINARY[0]) pleasant -= stir / 2;
  const distance = (name: string) => {
    const [x, y] = FEELINGS[name.toLowerCase()] ?? [0, 0];
    return Math.hypot(x - pleasant, y - agitated);
  };
  return (
    [...names]
      .filter((name) => name.toLowerCase() in FEELINGS)
      .sort((a, b) => distance(a) - distance(b))[0] ?? null
  );
}
