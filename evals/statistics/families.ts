/** Scores of both versions on one case; the mean of its repeats. */
export interface Pair {
  readonly case: string;
  /** Cases that share a source, such as re-wordings of one ticket, are not independent; default: the case itself. */
  readonly family?: string;
  readonly a: number;
  readonly b: number;
}

/** The differences `b - a` of the cases of one family. */
export interface Family {
  readonly sum: number;
  readonly cases: number;
}

/** Differences by family, in order of first appearance. */
export function familiesOf(pairs: readonly Pair[]): readonly Family[] {
  const families = new Map<string, { sum: number; cases: number }>();
  for (const { case: id, family = id, a, b } of pairs) {
    const known = families.get(family);
    if (known) {
      known.sum += b - a;
      known.cases += 1;
    } else families.set(family, { sum: b - a, cases: 1 });
  }
  return [...families.values()];
}

/** Mean difference over all cases. */
export function meanDifference(families: readonly Family[]): number {
  let sum = 0;
  let cases = 0;
  for (const family of families) {
    sum += family.sum;
    cases += family.cases;
  }
  return sum / cases;
}

/** Standard error of the mean difference, robust to dependence within families (ratio estimator; Cochran 1977, ch. 2). */
export function standardError(families: readonly Family[]): number {
  const mean = meanDifference(families);
  let squares = 0;
  let cases = 0;
  for (const family of families) {
    squares += (family.sum - mean * family.cases) ** 2;
    cases += family.cases;
  }
  return Math.sqrt((squares * families.length) / Math.max(1, families.length - 1)) / cases;
}
