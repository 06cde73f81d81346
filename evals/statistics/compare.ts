import { bootstrapInterval } from './bootstrap.js';
import { studentQuantile } from './distributions.js';
import { familiesOf, meanDifference, type Pair, standardError } from './families.js';
import { holm } from './holm.js';
import { signFlipTest } from './sign-flip.js';

export interface CompareOptions {
  /** Differences of the primary metric within ± this do not matter. */
  readonly margin?: number;
  /** Error rate of intervals and tests. */
  readonly alpha?: number;
  /** Resamples of the bootstrap; the test draws about twice as many. */
  readonly draws?: number;
  readonly seed?: number;
}

export const DEFAULTS = { margin: 0.02, alpha: 0.05 } as const;

/** Power at which the minimal detectable effect and the number of further cases are stated. */
const POWER = 0.8;

export interface MetricComparison {
  readonly name: string;
  readonly primary: boolean;
  readonly means: readonly [number, number];
  /** Of the means: second version minus first. */
  readonly difference: number;
  readonly interval: readonly [number, number];
  readonly pValue: number;
  /** Holm's correction over the metrics. */
  readonly adjustedPValue: number;
  /** The difference that these cases would show with a power of 80 %. */
  readonly minimalDetectableEffect: number;
}

export type Verdict = 'better' | 'worse' | 'equivalent' | 'underpowered';

export interface Comparison {
  readonly metrics: readonly MetricComparison[];
  readonly verdict: Verdict;
  /** Further cases that would decide an `underpowered` comparison with a power of 80 %. */
  readonly casesNeeded?: number;
}

const mean = (values: readonly number[]) => values.reduce((sum, value) => sum + value, 0) / values.length;

/** How far a score can move: all scores within 0 and 1 can move by 1, others by the range that was seen. */
function rangeOf(pairs: readonly Pair[]): number {
  let low = 0;
  let high = 1;
  for (const { a, b } of pairs) {
    low = Math.min(low, a, b);
    high = Math.max(high, a, b);
  }
  return high - low;
}

/**
 * Compares two versions on the same cases by one metric. The interval is the bootstrap's, and never claims more than the
 * exact test: where that does not reject, the interval reaches to 0. So few families that no test at level alpha could
 * ever reject leave as much open as a part of the cases of which none was seen can hide (the rule of three).
 */
function compareMetric(pairs: readonly Pair[], options: Required<CompareOptions>) {
  const { alpha, draws, seed } = options;
  const families = familiesOf(pairs);
  const difference = meanDifference(families);
  const pValue = signFlipTest(families, 2 * draws - 1, seed);
  const unseen = (1 - alpha ** (1 / families.length)) * rangeOf(pairs);
  const undecidable = 2 ** (1 - families.length) > alpha;
  let [low, high] = bootstrapInterval(families, alpha, draws, seed);
  if (undecidable) [low, high] = [Math.min(low, difference - unseen), Math.max(high, difference + unseen)];
  if (pValue > alpha) [low, high] = [Math.min(low, 0), Math.max(high, 0)];
  const degrees = Math.max(1, families.length - 1);
  const factor = studentQuantile(1 - alpha / 2, degrees) + studentQuantile(POWER, degrees);
  return {
    means: [mean(pairs.map(({ a }) => a)), mean(pairs.map(({ b }) => b))] as const,
    difference,
    interval: [low, high] as const,
    pValue,
    minimalDetectableEffect: factor * standardError(families) || unseen,
  };
}

/** The verdict on one metric, in the order of the public contract. */
function verdictOf([low, high]: readonly [number, number], margin: number): Verdict {
  if (low >= -margin && high <= margin) return 'equivalent';
  if (low > 0) return 'better';
  return high < 0 ? 'worse' : 'underpowered';
}

/**
 * The verdict on two versions from scores of the same cases by metric. The first metric is the primary one: it decides,
 * the others inform.
 * @throws RangeError where there is no metric, or a metric without cases
 */
export function compareVersions(
  metrics: readonly { readonly name: string; readonly pairs: readonly Pair[] }[],
  options: CompareOptions = {},
): Comparison {
  const settings = { ...DEFAULTS, draws: 5_000, seed: 1, ...options };
  if (metrics.length === 0 || metrics.some(({ pairs }) => pairs.length === 0))
    throw new RangeError('a comparison needs at least one metric, and each metric at least one case');
  const compared = metrics.map(({ name, pairs }, at) => ({
    name,
    primary: at === 0,
    ...compareMetric(pairs, settings),
  }));
  const adjusted = holm(compared.map(({ pValue }) => pValue));
  const [primary] = compared;
  const verdict = primary ? verdictOf(primary.interval, settings.margin) : 'underpowered';
  return {
    metrics: compared.map((metric, at) => ({ ...metric, adjustedPValue: adjusted[at] ?? 1 })),
    verdict,
    ...(primary && verdict === 'underpowered' && { casesNeeded: furtherCases(primary, metrics, settings) }),
  };
}

/** Cases that bring the detectable effect down to the observed difference, or to the margin where that is larger. */
function furtherCases(
  { difference, minimalDetectableEffect }: Omit<MetricComparison, 'adjustedPValue'>,
  [primary]: readonly { readonly pairs: readonly Pair[] }[],
  { margin }: Required<CompareOptions>,
): number {
  const cases = primary?.pairs.length ?? 0;
  const target = Math.max(Math.abs(difference), margin, Number.EPSILON);
  return Math.max(1, Math.ceil(cases * ((minimalDetectableEffect / target) ** 2 - 1)));
}

/** Whether a gate lets the second version pass: not worse than the margin, or with `better` proven better. */
export function passesGate(
  { metrics, verdict }: Comparison,
  gate: 'not-worse' | 'better',
  margin: number = DEFAULTS.margin,
): boolean {
  if (gate === 'better') return verdict === 'better';
  const [low] = metrics[0]?.interval ?? [Number.NEGATIVE_INFINITY];
  return low > -margin;
}
