import type { RiskPoint } from '../../runtime.contract.js';

/** One prediction that was made without knowing the answer: how sure it was, and whether it was right. */
export interface Judged {
  /** 0 to 1. */
  readonly confidence: number;
  readonly right: boolean;
}

/** What people call the expected calibration error is taken over so many ranges of confidence. */
const RANGES = 15;
const COLDEST = 0.1;
const HOTTEST = 10;
const SEARCH_STEPS = 40;
const CURVE_POINTS = 50;

/** Probabilities of logits that are made milder (above 1) or sharper (below) by a temperature. */
export function softmax(logits: ArrayLike<number>, temperature = 1): Float64Array {
  const shares = Float64Array.from(logits, (logit) => logit / temperature);
  const most = shares.reduce((a, b) => Math.max(a, b), Number.NEGATIVE_INFINITY);
  let sum = 0;
  for (const [at, value] of shares.entries()) {
    shares[at] = Math.exp(value - most);
    sum += shares[at] ?? 0;
  }
  return shares.map((share) => share / sum);
}

/**
 * The temperature under which held-back answers are least surprising (Guo et al. 2017), found by golden-section search
 * over its logarithm: the loss has one valley. 1 where there is nothing to learn from.
 */
export function temperatureOf(held: readonly { logits: ArrayLike<number>; target: number }[]): number {
  if (held.length === 0) return 1;
  const lossAt = (logarithm: number) => {
    const temperature = Math.exp(logarithm);
    let loss = 0;
    for (const { logits, target } of held)
      loss -= Math.log(Math.max(softmax(logits, temperature)[target] ?? 0, 1e-12));
    return loss;
  };
  const ratio = (Math.sqrt(5) - 1) / 2;
  let low = Math.log(COLDEST);
  let high = Math.log(HOTTEST);
  for (let step = 0; step < SEARCH_STEPS && high - low > 0.005; step += 1) {
    const left = high - ratio * (high - low);
    const right = low + ratio * (high - low);
    if (lossAt(left) < lossAt(right)) high = right;
    else low = left;
  }
  return Math.exp((low + high) / 2);
}

/** Mean gap between confidence and accuracy over ranges of confidence, each by its size: 0 where all is as said. */
export function calibrationError(judged: readonly Judged[]): number {
  const ranges = Map.groupBy(judged, ({ confidence }) =>
    Math.min(RANGES - 1, Math.floor(confidence * RANGES)),
  );
  let gaps = 0;
  for (const range of ranges.values())
    gaps += Math.abs(range.reduce((sum, { confidence, right }) => sum + confidence - Number(right), 0));
  return judged.length === 0 ? 0 : gaps / judged.length;
}

/** Coverage and risk at falling confidence (El-Yaniv and Wiener 2010), thinned to a few dozen points. */
export function riskCoverage(judged: readonly Judged[]): readonly RiskPoint[] {
  const sorted = judged.toSorted((a, b) => b.confidence - a.confidence);
  const every = Math.max(1, Math.floor(sorted.length / CURVE_POINTS));
  const points: RiskPoint[] = [];
  let wrong = 0;
  for (const [index, { confidence, right }] of sorted.entries()) {
    const decided = index + 1;
    if (!right) wrong += 1;
    // Equal confidences are decided together or not at all.
    if (sorted[index + 1]?.confidence === confidence) continue;
    if (decided % every === 0 || decided === sorted.length)
      points.push({ confidence, coverage: decided / sorted.length, risk: wrong / decided });
  }
  return points;
}

/**
 * The confidence below which a guess does more harm than good, when a wrong one costs as much as a right one saves: the
 * point of the curve where right ones exceed wrong ones most. Infinite where guessing never pays.
 */
export function worthwhileConfidence(curve: readonly RiskPoint[]): number {
  let best = 0;
  let confidence = Number.POSITIVE_INFINITY;
  for (const point of curve) {
    const gain = point.coverage * (1 - 2 * point.risk);
    if (gain > best) [best, confidence] = [gain, point.confidence];
  }
  return confidence;
}
