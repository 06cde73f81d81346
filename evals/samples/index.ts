import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Answer, Critique, Decision, Evidence, Principal } from '../../agents/contracts/index.js';
import { loadConfig } from '../../src/config/load-config.js';
import { createRuntime, type Runtime } from '../../src/engine/runtime.js';
import { pairedInterval } from '../statistics/paired-interval.js';
import { readSampleTickets, type SampleTicket } from './sample-tickets.js';

const EVALUATOR: Principal = { id: 'eval', tenant: 'default', groups: [], role: 'operator' };

interface Outcome {
  readonly ticket: SampleTicket;
  readonly outcome: string;
  readonly decision: Decision | undefined;
  readonly answer: Answer | undefined;
  readonly critique: Critique | undefined;
  readonly evidence: readonly Evidence[];
  /** Times that the critic sent work back. */
  readonly rejected: number;
}

async function solve(
  runtime: Runtime,
  ticket: SampleTicket,
  maxRevisions: number | undefined,
): Promise<Outcome> {
  const { id, subject, body, locale } = ticket;
  const { runId, threadId } = await runtime.runs.start(
    {
      request: {
        messages: [
          { id: `ticket-${id}-${maxRevisions ?? 'default'}`, type: 'human', content: `${subject}\n${body}` },
        ],
        ticket: { id, subject, body, ...(locale && { locale }) },
        options: { depth: 'answer', ...(maxRevisions !== undefined && { maxRevisions }) },
      },
    },
    EVALUATOR,
  );
  const record = await runtime.runs.join(runId, EVALUATOR);
  const { values } = await runtime.threads.state(threadId, EVALUATOR);
  const state = values as {
    decision?: Decision;
    answer?: Answer;
    critique?: Critique;
    evidence?: Evidence[];
  };
  return {
    ticket,
    outcome: record.outcome ?? 'none',
    decision: state.decision,
    answer: state.answer,
    critique: state.critique,
    evidence: state.evidence ?? [],
    rejected: state.critique?.revisions ?? 0,
  };
}

/**
 * What an answer is worth, 0 to 1. Where an answer is expected: the share of its facts that the text holds. Where a person
 * is expected: 1 for handing over, with or without what was found.
 */
export function scoreOf({ ticket, outcome, answer }: Outcome): number {
  if (ticket.expected.outcome === 'handoff') return outcome === 'handed_off' ? 1 : 0;
  const text = plain(answer?.text ?? '');
  const held = ticket.expected.facts.filter((fact) => text.includes(plain(fact)));
  return ticket.expected.facts.length === 0 ? 0 : held.length / ticket.expected.facts.length;
}

const plain = (text: string) => text.toLowerCase().replaceAll(/[*_`]/g, '').replaceAll(/\s+/g, ' ');
const mean = (values: readonly number[]) =>
  values.reduce((sum, value) => sum + value, 0) / Math.max(1, values.length);
const percent = (share: number) => `${(100 * share).toFixed(1)} %`;

const citedArticles = ({ answer, evidence }: Outcome) =>
  new Set(
    (answer?.claims ?? []).flatMap(({ evidence: ids }) =>
      evidence
        .filter(({ id }) => ids.includes(id))
        .map(({ source }) => source.replace(/^kb:/, '').replace(/#.*/, '')),
    ),
  );

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
      looped.push(await solve(runtime, ticket, undefined));
      single.push(await solve(runtime, ticket, 0));
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
  const answerable = looped.filter(({ ticket }) => ticket.expected.outcome === 'answer');
  const open = looped.filter(({ ticket }) => ticket.expected.outcome === 'handoff');
  const difference = pairedInterval(looped.map(scoreOf), single.map(scoreOf));
  const lines = [
    `${name}: ${looped.length} tickets`,
    `  category right          ${percent(mean(looped.map(({ ticket, decision }) => Number(decision?.category.value === ticket.expected.category))))}`,
    `  priority right          ${percent(mean(looped.map(({ ticket, decision }) => Number(decision?.priority.value === ticket.expected.priority))))}`,
    `  first drafts rejected   ${percent(mean(looped.map(({ rejected }) => Number(rejected > 0))))}`,
    `  answered, answerable    ${percent(mean(answerable.map(({ answer }) => Number((answer?.claims.length ?? 0) > 0))))}`,
    `  right article cited     ${percent(mean(answerable.map((outcome) => Number(outcome.ticket.expected.articles.some((id) => citedArticles(outcome).has(id))))))}`,
    `  facts told              ${percent(mean(answerable.map(scoreOf)))}`,
    `  handed over, open       ${percent(mean(open.map(scoreOf)))}`,
    `  score                   ${percent(difference.means[0])} with the loop, ${percent(difference.means[1])} without`,
    `  difference              ${percent(difference.difference)} [${percent(difference.interval[0])}, ${percent(difference.interval[1])}]`,
  ];
  process.stdout.write(`${lines.join('\n')}\n`);
}
