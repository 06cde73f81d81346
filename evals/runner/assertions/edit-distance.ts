/** Levenshtein's distance in UTF-16 code units, in memory for one row. */
export function editDistance(one: string, other: string): number {
  const row = Uint32Array.from({ length: other.length + 1 }, (_, at) => at);
  for (let i = 1; i <= one.length; i += 1) {
    let diagonal = row[0] ?? 0;
    row[0] = i;
    for (let j = 1; j <= other.length; j += 1) {
      const above = row[j] ?? 0;
      const substitution = diagonal + Number(one.charCodeAt(i - 1) !== other.charCodeAt(j - 1));
      row[j] = Math.min(substitution, above + 1, (row[j - 1] ?? 0) + 1);
      diagonal = above;
    }
  }
  return row[other.length] ?? 0;
}
