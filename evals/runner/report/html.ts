import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { packageRoot } from '../../../src/config/package-root.js';
import type { MetricComparison } from '../../statistics/compare.js';
import type { EvalCase } from '../case.js';
import { textOf } from '../outcome.contract.js';
import type { OutcomeLog } from '../outcome-log.js';
import type { EvalResult } from '../run-eval.js';
import type { CaseRun } from '../run-suite.js';
import { costOf, latencyOf, meansOf, passes, resultOf } from '../summary.js';
import { diffMarkup } from './diff.js';
import { intervalsSvg } from './intervals-svg.js';
import { escaped } from './markup.js';
import { STYLE } from './style.js';

/** Cases whose outputs are shown in full; all of them stand in the table. */
const MAX_DETAILS = 500;
const MAX_OUTPUT = 20_000;

const percent = (value: number) => value.toFixed(3);
const row = (cells: readonly string[], tag: 'td' | 'th' = 'td') =>
  `<tr>${cells.map((cell) => `<${tag}>${cell}</${tag}>`).join('')}</tr>`;

/** One page that needs nothing else: figures, intervals, and each case with what both versions made of it. */
export async function htmlReport(result: EvalResult): Promise<string> {
  const { run, names, verdict } = result;
  const title = `${run.suite.name}${verdict ? `: ${names.join(' and ')}` : ''}`;
  const body = [
    `<h1>${escaped(title)}</h1>`,
    run.suite.description && `<p>${escaped(run.suite.description)}</p>`,
    overview(result),
    verdict && `<h2>Differences</h2>${intervalsSvg(verdict.metrics)}${metricsTable(verdict.metrics)}`,
    verdict && (await promptDiffs(names)),
    `<h2>Cases</h2>${await cases(result)}`,
  ];
  return `<!doctype html>
<html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width">
<meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'">
<title>${escaped(title)}</title><style>${STYLE}</style></head>
<body><main>${body.filter(Boolean).join('\n')}</main></body></html>
`;
}

function overview({ run, names, verdict }: EvalResult): string {
  const heads = ['', ...run.versions.map((_, at) => escaped(names[at] ?? 'result'))];
  const means = run.versions.map((_, version) => meansOf(run, version));
  const lines = (means[0] ?? []).map(({ name }) => [
    escaped(name),
    ...means.map((figures) => percent(figures.find((figure) => figure.name === name)?.mean ?? 0)),
  ]);
  const latencies = run.versions.map((rows) => latencyOf(rows));
  const further = [
    ['cases that pass', ...run.versions.map((rows) => `${rows.filter(passes).length} of ${rows.length}`)],
    ['cost', ...run.versions.map((rows) => `$${costOf(rows).toFixed(4)}`)],
    ['latency p50, p95', ...latencies.map(({ p50, p95 }) => `${Math.round(p50)} ms, ${Math.round(p95)} ms`)],
  ];
  const needed = verdict?.casesNeeded === undefined ? '' : `: ${verdict.casesNeeded} more cases would decide`;
  const word = verdict
    ? `<p class="verdict ${verdict.verdict}">${escaped(names[1] ?? 'B')} is <strong>${verdict.verdict}</strong>${needed}</p>`
    : '';
  const table = [row(heads, 'th'), ...[...lines, ...further].map((cells) => row(cells))].join('');
  return `${word}<p>${run.cases.length} cases${run.repeats > 1 ? ` × ${run.repeats} repeats` : ''}</p><table>${table}</table>`;
}

function metricsTable(metrics: readonly MetricComparison[]): string {
  const heads = ['metric', 'A', 'B', 'difference', 'interval', 'p', 'p (Holm)', 'detectable'];
  const lines = metrics.map((metric) =>
    row([
      `${escaped(metric.name)}${metric.primary ? ' <b>primary</b>' : ''}`,
      ...metric.means.map(percent),
      percent(metric.difference),
      metric.interval.map(percent).join(' … '),
      metric.pValue.toFixed(3),
      metric.adjustedPValue.toFixed(3),
      percent(metric.minimalDetectableEffect),
    ]),
  );
  return `<table>${row(heads, 'th')}${lines.join('')}</table>`;
}

/** What changed between the two prompts, where both are files of the packaged book. */
async function promptDiffs(names: readonly string[]): Promise<string> {
  const texts = await Promise.all(
    names.map((name) =>
      readFile(join(packageRoot(), 'prompts', `${name.replace('@', '/')}.prompt`), 'utf8').catch(() => null),
    ),
  );
  const [a, b] = texts;
  return a && b ? `<h2>Prompt</h2>${diffMarkup(a, b)}` : '';
}

interface Shown {
  readonly test: EvalCase;
  readonly rows: readonly CaseRun[];
  /** How much the second version lost; with one version, how much is missing. */
  readonly loss: number;
}

async function cases({ run, verdict, outcomes }: EvalResult): Promise<string> {
  const order = new Map((verdict?.regressions ?? []).map((id, at) => [id, at]));
  const shown = run.cases
    .map((test, at): Shown => {
      const rows = run.versions.flatMap((version) => version[at] ?? []);
      const isFailed = rows.some((one) => !passes(one));
      return { test, rows, loss: order.get(test.id) ?? (isFailed ? order.size : order.size + 1) };
    })
    .toSorted((a, b) => a.loss - b.loss);
  const details: string[] = [];
  for (const [at, one] of shown.entries())
    details.push(await caseMarkup(one, order.has(one.test.id), at < MAX_DETAILS ? outcomes : null));
  return details.join('\n');
}

async function caseMarkup(
  { test, rows }: Shown,
  isRegression: boolean,
  log: OutcomeLog | null,
): Promise<string> {
  const scores = rows.map((one) => percent(resultOf(test, one).score)).join(' → ');
  const state = isRegression ? 'regression' : rows.every(passes) ? 'pass' : 'fail';
  const head = `<summary><span class="${state}">${state}</span> ${escaped(test.id)} <small>${scores}</small></summary>`;
  if (!log) return `<details>${head}</details>`;
  const outputs = await Promise.all(
    rows.map(async ({ keys: [key = ''] }) => {
      const outcome = await log.get(key);
      return textOf(outcome?.output ?? test.providerOutput ?? '').slice(0, MAX_OUTPUT);
    }),
  );
  const [first = '', second] = outputs;
  const answers =
    second === undefined || second === first ? `<pre>${escaped(first)}</pre>` : diffMarkup(first, second);
  const names = [
    ...new Set(rows.flatMap(({ measures }) => measures.flatMap((scored) => Object.keys(scored)))),
  ];
  const measured = names.map((name) =>
    row([escaped(name), ...rows.map(({ measures }) => String(measures[0]?.[name]?.toFixed(3) ?? '–'))]),
  );
  const asserted = (rows[0]?.grades[0]?.assertions ?? []).map(({ type }, at) =>
    row([
      escaped(type),
      ...rows.map(({ grades }) => {
        const scored = grades[0]?.assertions[at];
        return `${scored?.pass ? 'pass' : 'fail'} ${escaped((scored?.reason ?? '').slice(0, 300))}`;
      }),
    ]),
  );
  return `<details>${head}<pre class="vars">${escaped(JSON.stringify(test.vars, null, 2).slice(0, MAX_OUTPUT))}</pre>${answers}<table>${[...measured, ...asserted].join('')}</table></details>`;
}
