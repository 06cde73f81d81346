/** Holm's step-down correction (1979): p-values that keep the family-wise error rate, in the given order. */
export function holm(pValues: readonly number[]): readonly number[] {
  const adjusted = pValues.map(() => 1);
  let reached = 0;
  pValues
    .map((p, at) => ({ p, at }))
    .toSorted((one, other) => one.p - other.p)
    .forEach(({ p, at }, rank) => {
      reached = Math.max(reached, Math.min(1, p * (pValues.length - rank)));
      adjusted[at] = reached;
    });
  return adjusted;
}
