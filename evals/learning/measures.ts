/** A guess and what it should have been. */
export interface Guess {
  readonly truth: string;
  /** Best first; empty where nothing was guessed. */
  readonly ranked: readonly string[];
  /** Of the first one, 0 to 1. */
  readonly confidence: number;
}

const RANGES = 15;
const mean = (values: readonly number[]) =>
  values.reduce((sum, value) => sum + value, 0) / Math.max(1, values.length);

/** Share of the guesses whose truth stands among the first `depth`. */
export const accuracy = (guesses: readonly Guess[], depth = 1): number =>
  mean(guesses.map(({ ranked, truth }) => Number(ranked.slice(0, depth).includes(truth))));

/** Mean over the labels of the harmonic mean of precision and recall. */
export function macroF1(guesses: readonly Guess[]): number {
  const labels = [...new Set(guesses.map(({ truth }) => truth))];
  return mean(
    labels.map((label) => {
      const right = guesses.filter(({ truth, ranked }) => truth === label && ranked[0] === label).length;
      const said = guesses.filter(({ ranked }) => ranked[0] === label).length;
      const meant = guesses.filter(({ truth }) => truth === label).length;
      return (2 * right) / Math.max(1, said + meant);
    }),
  );
}

/** Expected calibration error over 15 ranges of confidence. */
export function calibrationError(guesses: readonly Guess[]): number {
  const ranges = Map.groupBy(guesses, ({ confidence }) =>
    Math.min(RANGES - 1, Math.floor(confidence * RANGES)),
  );
  let gaps = 0;
  for (const range of ranges.values())
    gaps += Math.abs(range.reduce((sum, guess) => sum + guess.confidence - accuracy([guess]), 0));
  return gaps / Math.max(1, guesses.length);
}
