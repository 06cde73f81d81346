import { fault } from '../../agents/contracts/index.js';
import { DEFAULTS } from '../statistics/compare.js';
import type { Pair } from '../statistics/families.js';
import { judge, type VerdictReport } from '../verdict/verdict-report.js';
import { calibrationError, macroF1, passAll } from './aggregates.js';
import type { EvalCase } from './case.js';
import type { CaseRun, SuiteRun } from './run-suite.js';

/** What `triagent eval SUITE --json` says of one version. */
export interface SuiteReport {
  readonly suite: string;
  readonly cases: number;
  readonly repeats: number;
  readonly results: readonly CaseResult[];
}

export interface CaseResult {
  readonly case: string;
  /** In every repeat. */
  readonly pass: boolean;
  /** Mean over the repeats. */
  readonly score: number;
  readonly assertions: readonly { readonly type: string; readonly pass: boolean; readonly score: number }[];
}

const mean = (values: readonly number[]) =>
  values.reduce((sum, value) => sum + value, 0) / Math.max(1, values.length);
const sum = (values: readonly number[]) => values.reduce((total, value) => total + value, 0);

export const passes = ({ grades }: CaseRun): boolean => grades.every(({ pass }) => pass);

/** One case's assertions over its repeats. */
export function resultOf({ id }: EvalCase, run: CaseRun): CaseResult {
  const assertions = (run.grades[0]?.assertions ?? []).map(({ type }, at) => {
    const repeats = run.grades.flatMap((grade) => grade.assertions[at] ?? []);
    return { type, pass: repeats.every(({ pass }) => pass), score: mean(repeats.map(({ score }) => score)) };
  });
  return { case: id, pass: passes(run), score: mean(run.grades.map(({ score }) => score)), assertions };
}

export function reportOf({ suite, cases, repeats, versions: [runs = []] }: SuiteRun): SuiteReport {
  const results = cases.flatMap((test, at) => (runs[at] ? [resultOf(test, runs[at])] : []));
  return { suite: suite.name, cases: cases.length, repeats, results };
}

/** Every score of one case by name: its assertions', its named metrics' and its measures'. */
function scoresOf({ grades, measures }: CaseRun, hasAssertions: boolean): ReadonlyMap<string, number> {
  const repeats = grades.map(({ score, pass, metrics }, at) => ({
    ...(hasAssertions && { score, pass: Number(pass) }),
    ...metrics,
    ...measures[at],
  }));
  const names = new Set(repeats.flatMap((scores) => Object.keys(scores)));
  return new Map(
    [...names].map((name) => [
      name,
      mean(
        repeats.flatMap((scores) =>
          Object.entries(scores).flatMap(([key, value]) => (key === name ? value : [])),
        ),
      ),
    ]),
  );
}

/** What decides: the suite's own word, else its first measure, else what its assertions come to. */
const primaryOf = ({ suite }: SuiteRun) => suite.primary ?? suite.measures[0] ?? 'score';

/** A metric's mean over the cases that have it, in the order in which they are told; the primary one first. */
export function meansOf(
  run: SuiteRun,
  version: number,
): readonly { readonly name: string; readonly mean: number }[] {
  const scores = scoresByMetric(run, version);
  return [...scores].map(([name, byCase]) => ({ name, mean: mean([...byCase.values()]) }));
}

function scoresByMetric(run: SuiteRun, version: number): ReadonlyMap<string, ReadonlyMap<number, number>> {
  const { cases } = run;
  const metrics = new Map<string, Map<number, number>>([[primaryOf(run), new Map()]]);
  (run.versions[version] ?? []).forEach((row, at) => {
    for (const [name, score] of scoresOf(row, (cases[at]?.assert.length ?? 0) > 0)) {
      const byCase = metrics.get(name) ?? new Map<number, number>();
      metrics.set(name, byCase.set(at, score));
    }
  });
  return metrics;
}

/** Nearest rank. */
function percentiles(values: readonly number[]) {
  const sorted = values.toSorted((a, b) => a - b);
  const at = (part: number) => sorted[Math.max(0, Math.ceil(part * sorted.length) - 1)] ?? 0;
  return { p50: at(0.5), p95: at(0.95) };
}

export const costOf = (runs: readonly CaseRun[] = []) => sum(runs.flatMap(({ costUsd }) => costUsd));
export const latencyOf = (runs: readonly CaseRun[] = []) =>
  percentiles(runs.flatMap(({ latencyMs }) => latencyMs));

/**
 * The verdict on the second version from both versions' scores on the same cases.
 * @throws `USAGE` where no case tells anything about the primary metric
 */
export function verdictOf(
  run: SuiteRun,
  names: readonly [string, string],
  {
    margin = DEFAULTS.margin,
    alpha = DEFAULTS.alpha,
  }: { margin?: number | undefined; alpha?: number | undefined },
): VerdictReport {
  const { suite, cases, repeats, versions } = run;
  const [a, b] = [scoresByMetric(run, 0), scoresByMetric(run, 1)];
  const metrics = [...a].map(([name, byCase]) => ({
    name,
    pairs: [...byCase].flatMap(([at, score]): Pair[] => {
      const other = b.get(name)?.get(at);
      const test = cases[at];
      const family = test?.metadata.family;
      return test && other !== undefined
        ? [{ case: test.id, ...(family !== undefined && { family }), a: score, b: other }]
        : [];
    }),
  }));
  const told = metrics.filter(({ pairs }) => pairs.length > 0);
  if (told[0]?.name !== primaryOf(run))
    throw fault('USAGE', {
      detail: `No case of both versions has the primary metric “${primaryOf(run)}”.`,
      next: 'Give the cases assertions or labels, or name another metric as `primary` in suite.yaml.',
    });
  return judge(
    { metrics: told, cases: cases.length, repeats },
    {
      suite: suite.name,
      versions: [names[0], names[1]],
      cost: [costOf(versions[0]), costOf(versions[1])],
      latency: [latencyOf(versions[0]), latencyOf(versions[1])],
    },
    { margin, alpha },
  );
}

/** Figures that are no mean over cases, by version. */
export function aggregatesOf(
  { suite, versions, repeats }: SuiteRun,
  version: number,
): Readonly<Record<string, number>> {
  const runs = versions[version] ?? [];
  const labelled = runs.flatMap(({ labels }) => labels);
  const error = calibrationError(labelled);
  const isAboutLabels = suite.measures.some((name) => name === 'category' || name === 'calibration');
  return {
    ...(isAboutLabels && labelled.length > 0 && { 'macro-F1': macroF1(labelled) }),
    ...(isAboutLabels && error !== null && { 'calibration error': error }),
    ...(repeats > 1 && {
      [`pass^${repeats}`]: passAll(runs.map(({ grades }) => grades.map(({ pass }) => pass))),
    }),
  };
}
