import type { SuiteRun } from '../run-suite.js';
import { aggregatesOf, costOf, latencyOf, meansOf, passes } from '../summary.js';

const MAX_FAILURES = 20;

/** One version's figures for a terminal, and why its cases failed. */
export function suiteTable(run: SuiteRun): string {
  const { suite, cases, repeats, versions } = run;
  const [runs = []] = versions;
  const failures = cases.flatMap((test, at) => {
    const row = runs[at];
    if (!row || passes(row)) return [];
    const failed = row.grades.flatMap(({ assertions }) => assertions).find(({ pass }) => !pass);
    return [`  ${test.id}: ${failed ? `${failed.type}: ${failed.reason.slice(0, 160)}` : 'no output'}`];
  });
  const figures = [
    ...meansOf(run, 0).map(({ name, mean }) => [name, mean] as const),
    ...Object.entries(aggregatesOf(run, 0)),
  ];
  const { p50, p95 } = latencyOf(runs);
  const cost = costOf(runs);
  return [
    `${suite.name} · ${cases.length} cases${repeats > 1 ? ` × ${repeats}` : ''} · ${cases.length - failures.length} pass`,
    '',
    ...figures.map(([name, value]) => `  ${name.padEnd(22)}${value.toFixed(3)}`),
    `  ${'latency'.padEnd(22)}p50 ${p50} ms, p95 ${p95} ms`,
    `  ${'cost'.padEnd(22)}$${cost.toFixed(4)}`,
    ...(failures.length > 0 ? ['', 'failed', ...failures.slice(0, MAX_FAILURES)] : []),
    ...(failures.length > MAX_FAILURES ? [`  and ${failures.length - MAX_FAILURES} more`] : []),
  ].join('\n');
}

/** What is told beside a comparison: figures that no case has of its own. */
export function aggregateLines(run: SuiteRun): string {
  const [a, b] = [aggregatesOf(run, 0), aggregatesOf(run, 1)];
  return Object.entries(a)
    .map(([name, value]) => `${name.padEnd(18)}A ${value.toFixed(3)} · B ${(b[name] ?? 0).toFixed(3)}`)
    .join('\n');
}
