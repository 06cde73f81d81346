/** A measure of one ranked list against what is relevant, 0 to 1. */
export type Metric = (ranked: readonly string[], relevant: ReadonlySet<string>) => number;

/** Mean of the precisions at each relevant hit; what is not found counts 0. */
export const averagePrecision: Metric = (ranked, relevant) => {
  let found = 0;
  let sum = 0;
  ranked.forEach((id, index) => {
    if (!relevant.has(id)) return;
    found += 1;
    sum += found / (index + 1);
  });
  return relevant.size === 0 ? 0 : sum / relevant.size;
};

/** Discounted gain of the first `depth` hits beside that of the best order; every relevant hit gains 1. */
export const ndcg =
  (depth: number): Metric =>
  (ranked, relevant) => {
    const gain = (rank: number) => 1 / Math.log2(rank + 2);
    const gained = ranked
      .slice(0, depth)
      .reduce((sum, id, rank) => sum + (relevant.has(id) ? gain(rank) : 0), 0);
    let best = 0;
    for (let rank = 0; rank < Math.min(depth, relevant.size); rank += 1) best += gain(rank);
    return best === 0 ? 0 : gained / best;
  };

/** Share of what is relevant among the first `depth` hits. */
export const recall =
  (depth: number): Metric =>
  (ranked, relevant) =>
    relevant.size === 0 ? 0 : ranked.slice(0, depth).filter((id) => relevant.has(id)).length / relevant.size;
