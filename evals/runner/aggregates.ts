import type { Labelled } from './measures.js';

/** The unweighted mean of the labels' F1: a rare label counts as much as a common one. */
export function macroF1(labelled: readonly Labelled[]): number {
  const labels = [
    ...new Set(labelled.flatMap(({ wanted, given }) => (given === null ? [wanted] : [wanted, given]))),
  ];
  const f1 = labels.map((label) => {
    const wanted = labelled.filter((one) => one.wanted === label).length;
    const given = labelled.filter((one) => one.given === label).length;
    const right = labelled.filter((one) => one.wanted === label && one.given === label).length;
    return (2 * right) / (wanted + given);
  });
  return f1.reduce((sum, value) => sum + value, 0) / Math.max(1, f1.length);
}

const BINS = 10;

/** Expected calibration error over ten bins of equal width (Guo et al. 2017); null where nobody stated a probability. */
export function calibrationError(labelled: readonly Labelled[]): number | null {
  const stated = labelled.flatMap(({ wanted, given, confidence }) =>
    given === null || confidence === null ? [] : [{ confidence, right: Number(given === wanted) }],
  );
  if (stated.length === 0) return null;
  const bins = Map.groupBy(stated, ({ confidence }) => Math.min(BINS - 1, Math.floor(confidence * BINS)));
  return [...bins.values()].reduce((error, bin) => {
    const gap = bin.reduce((sum, { confidence, right }) => sum + confidence - right, 0);
    return error + Math.abs(gap) / stated.length;
  }, 0);
}

/** Share of the cases that pass every one of their repeats: what a user who asks k times can rely on (pass^k). */
export const passAll = (passes: readonly (readonly boolean[])[]): number =>
  passes.filter((repeats) => repeats.every(Boolean)).length / Math.max(1, passes.length);
