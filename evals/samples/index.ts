import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { loadConfig } from '../../src/config/load-config.js';
import { createRuntime } from '../../src/engine/runtime.js';
import { pairedInterval } from '../statistics/paired-interval.js';
import { citedArticles, MEASURES, type Outcome, scoreOf } from './outcome.js';
import { readSampleTickets } from './sample-tickets.js';
import { solve } from './solve.js';

const mean = (values: readonly number[]) =>
  values.reduce((sum, value) => sum + value, 0) / Math.max(1, values.length);
const percent = (share: number) => `${(100 * share).toFixed(1)} %`;

/** Runs the sample tickets with and without the critic's loop and compares the two. */
export async function evaluateSamples(): Promise<void> {
  const dir = await mkdtemp(join(tmpdir(), 'triagent-eval-'));
  const config = loadConfig({ cwd: dir, env: {}, flags: { data: { dir } } });
  const runtime = await createRuntime({ config });
  try {
    const tickets = readSampleTickets();
    const looped: Outcome[] = [];
    const single: Outcome[] = [];
    for (const ticket of tickets) {
      looped.push(await solve(runtime, ticket));
      single.push(await solve(runtime, ticket, { maxRevisions: 0 }));
    }
    const verbose = process.argv.includes('--verbose');
    for (const outcome of verbose ? looped : []) tell(outcome);
    for (const split of ['tune', 'holdout', 'all'] as const) {
      const chosen = looped.filter(({ ticket }) => split === 'all' || ticket.split === split);
      report(
        split,
        chosen,
        single.filter(({ ticket }) => split === 'all' || ticket.split === split),
      );
    }
  } finally {
    await runtime.close();
    await rm(dir, { recursive: true, force: true });
  }
}

function tell(outcome: Outcome) {
  const { ticket } = outcome;
  process.stdout.write(
    `\n=== ${ticket.id} ${ticket.subject}\n${ticket.body.slice(0, 500)}\n--- expected ${ticket.expected.outcome} ${ticket.expected.category} ${ticket.expected.articles.join(', ')} | ${ticket.expected.facts.join(' | ')}\n` +
      `--- got ${outcome.outcome} ${outcome.decision?.category.value} ${[...citedArticles(outcome)].join(', ')} score ${scoreOf(outcome).toFixed(2)}, sent back ${outcome.rejected}\n${outcome.answer?.text ?? '(no answer)'}\n` +
      `${(outcome.critique?.issues ?? []).map(({ kind, detail }) => `  ! ${kind}: ${detail}`).join('\n')}\n`,
  );
}

function report(name: string, looped: readonly Outcome[], single: readonly Outcome[]) {
  const difference = pairedInterval(looped.map(scoreOf), single.map(scoreOf));
  const figures = MEASURES.map(({ name: figure, about, score }) => {
    const chosen = looped.filter(about);
    return `  ${figure.padEnd(24)}${percent(mean(chosen.map(score)))} of ${chosen.length}`;
  });
  const lines = [
    `${name}: ${looped.length} tickets`,
    ...figures,
    `  score                   ${percent(difference.means[0])} with the loop, ${percent(difference.means[1])} without`,
    `  difference              ${percent(difference.difference)} [${percent(difference.interval[0])}, ${percent(difference.interval[1])}]`,
  ];
  process.stdout.write(`${lines.join('\n')}\n`);
}
