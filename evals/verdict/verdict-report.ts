import { type CompareOptions, type Comparison, compareVersions } from '../statistics/compare.js';
import type { ScorePairs } from './score-pairs.js';

interface Latency {
  readonly p50: number;
  readonly p95: number;
}

/** What `triagent eval --json` says of a comparison. Cost and latency are null where nobody measured them. */
export interface VerdictReport extends Comparison {
  readonly suite: string;
  readonly cases: number;
  readonly repeats: number;
  readonly versions: readonly [string, string];
  /** US dollars. */
  readonly cost: readonly [number, number] | null;
  /** Milliseconds. */
  readonly latency: readonly [Latency, Latency] | null;
  /** Cases whose primary score fell, the worst first. */
  readonly regressions: readonly string[];
}

/** The verdict on two lists of scores of the same cases. */
export function judge(
  { metrics, cases, repeats }: ScorePairs,
  of: Pick<VerdictReport, 'suite' | 'versions'> & Partial<Pick<VerdictReport, 'cost' | 'latency'>>,
  options: CompareOptions = {},
): VerdictReport {
  const { metrics: compared, verdict, casesNeeded } = compareVersions(metrics, options);
  const regressions = (metrics[0]?.pairs ?? [])
    .filter(({ a, b }) => b < a)
    .toSorted((one, other) => one.b - one.a - (other.b - other.a))
    .map((pair) => pair.case);
  return {
    suite: of.suite,
    cases,
    repeats,
    versions: of.versions,
    metrics: compared,
    cost: of.cost ?? null,
    latency: of.latency ?? null,
    verdict,
    ...(casesNeeded !== undefined && { casesNeeded }),
    regressions,
  };
}

const shown = (value: number) => value.toFixed(Math.abs(value) >= 100 ? 1 : 3);
const signed = (value: number) => `${value < 0 ? '−' : '+'}${shown(Math.abs(value))}`;

const COLUMNS = ['metric', 'A', 'B', 'difference', '95 % interval', 'p', 'p (Holm)', 'detectable'];

/** The verdict as a table for a terminal; the primary metric is marked. */
export function verdictTable(
  { versions, cases, repeats, metrics, ...report }: VerdictReport,
  alpha = 0.05,
): string {
  const rows = metrics.map((metric) => [
    metric.primary ? `${metric.name} *` : metric.name,
    ...metric.means.map(shown),
    signed(metric.difference),
    `[${metric.interval.map(signed).join(', ')}]`,
    metric.pValue.toFixed(3),
    metric.adjustedPValue.toFixed(3),
    shown(metric.minimalDetectableEffect),
  ]);
  const head = COLUMNS.map((column) => column.replace('95', String(Number(((1 - alpha) * 100).toFixed(2)))));
  const widths = head.map((_, at) => Math.max(...[head, ...rows].map((row) => row[at]?.length ?? 0)));
  const lines = [head, ...rows].map((row) =>
    row
      .map((cell, at) => (at === 0 ? cell.padEnd(widths[at] ?? 0) : cell.padStart(widths[at] ?? 0)))
      .join('  '),
  );
  const { verdict, casesNeeded, regressions, cost, latency } = report;
  return [
    `A ${versions[0]} · B ${versions[1]} · ${cases} cases${repeats > 1 ? ` × ${repeats}` : ''}`,
    '',
    ...lines,
    '',
    ...(cost ? [`cost      A $${cost[0].toFixed(4)} · B $${cost[1].toFixed(4)}`] : []),
    ...(latency
      ? [
          `latency   A p50 ${latency[0].p50} p95 ${latency[0].p95} ms · B p50 ${latency[1].p50} p95 ${latency[1].p95} ms`,
        ]
      : []),
    `verdict   B is ${verdict}${casesNeeded === undefined ? '' : `: ${casesNeeded} more cases`}`,
    ...(regressions.length > 0
      ? [
          `worse on  ${regressions.slice(0, 10).join(', ')}${regressions.length > 10 ? ` and ${regressions.length - 10} more` : ''}`,
        ]
      : []),
  ].join('\n');
}
