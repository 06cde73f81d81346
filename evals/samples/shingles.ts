/** A pair of texts and how much they share. */
export interface Pair {
  readonly ids: readonly [string, string];
  /** Shared shingles over all shingles of both, 0 to 1. */
  readonly jaccard: number;
}

/** The set of all runs of `size` neighbouring words, without case and punctuation. */
export function shinglesOf(text: string, size = 5): ReadonlySet<string> {
  const words = text.toLowerCase().match(/[\p{L}\p{N}]+/gu) ?? [];
  const starts = Math.max(0, words.length - size + 1);
  return new Set(Array.from({ length: starts }, (_, at) => words.slice(at, at + size).join(' ')));
}

/**
 * The two texts that share most of their word shingles (Broder 1997, On the resemblance and containment of documents).
 * Null where no two share any. Texts are looked up by shingle, so that pairs without a common one cost nothing.
 */
export function closestPair(texts: readonly { readonly id: string; readonly text: string }[]): Pair | null {
  const sets = texts.map(({ id, text }) => ({ id, shingles: shinglesOf(text) }));
  const holders = new Map<string, (typeof sets)[number][]>();
  let closest: Pair | null = null;
  for (const later of sets) {
    const shared = new Map<(typeof sets)[number], number>();
    for (const shingle of later.shingles) {
      const earlier = holders.get(shingle) ?? [];
      for (const one of earlier) shared.set(one, (shared.get(one) ?? 0) + 1);
      holders.set(shingle, [...earlier, later]);
    }
    for (const [one, common] of shared) {
      const jaccard = common / (one.shingles.size + later.shingles.size - common);
      if (jaccard > (closest?.jaccard ?? 0)) closest = { ids: [one.id, later.id], jaccard };
    }
  }
  return closest;
}
