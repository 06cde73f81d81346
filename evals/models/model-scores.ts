import { citedArticles, type Outcome, scoreOf } from '../samples/outcome.js';
import type { Solved } from '../samples/solve.js';

/** What one model made of a suite. */
export interface ModelScores {
  readonly model: string;
  readonly tickets: number;
  /** Means from 0 to 1. */
  readonly quality: {
    /** What the answers are worth: facts that are told, or a person where one is due. */
    readonly score: number;
    readonly category: number;
    /** Of the tickets that can be answered. */
    readonly rightArticle: number;
    /** Of those that cannot. */
    readonly handedOver: number;
  };
  /** Tickets by how they ended. */
  readonly outcomes: Readonly<Record<string, number>>;
  /** Milliseconds. */
  readonly latency: { readonly p50: number; readonly p95: number };
  /** US dollars of the whole suite, by the price list; 0 where no price is known. */
  readonly costUsd: number;
  readonly inputTokens: number;
  readonly outputTokens: number;
  /** True where tokens were counted by us because the provider reported none. */
  readonly estimated: boolean;
}

const isAnswerable = ({ ticket }: Outcome) => ticket.expected.outcome === 'answer';
const hasCategory = ({ ticket, decision }: Outcome) =>
  Number(decision?.category.value === ticket.expected.category);
const citesRightArticle = (outcome: Outcome) =>
  Number(outcome.ticket.expected.articles.some((id) => citedArticles(outcome).has(id)));

/** Scores of one model over the tickets that it was given. */
export function scoresOf(model: string, solved: readonly Solved[]): ModelScores {
  const share = (of: (outcome: Outcome) => number, about: (outcome: Outcome) => boolean = () => true) =>
    mean(solved.filter(about).map(of));
  const took = solved.map(({ record }) => record.totalMs ?? 0).sort((a, b) => a - b);
  const sum = (numberOf: (usage: NonNullable<Solved['record']['usage']>) => number) =>
    solved.reduce((total, { record }) => total + (record.usage ? numberOf(record.usage) : 0), 0);
  return {
    ...{ model, tickets: solved.length },
    quality: {
      score: share(scoreOf),
      category: share(hasCategory),
      rightArticle: share(citesRightArticle, isAnswerable),
      handedOver: share(scoreOf, (outcome) => !isAnswerable(outcome)),
    },
    outcomes: countBy(solved.map(({ outcome }) => outcome)),
    latency: { p50: quantile(took, 0.5), p95: quantile(took, 0.95) },
    costUsd: sum(({ costUsd }) => costUsd),
    inputTokens: sum(({ inputTokens }) => inputTokens),
    outputTokens: sum(({ outputTokens }) => outputTokens),
    estimated: solved.some(({ record }) => record.usage?.estimated === true),
  };
}

const mean = (values: readonly number[]) =>
  values.reduce((sum, value) => sum + value, 0) / Math.max(1, values.length);

const quantile = (sorted: readonly number[], share: number) =>
  sorted[Math.min(sorted.length - 1, Math.floor(share * sorted.length))] ?? 0;

const countBy = (words: readonly string[]): Record<string, number> => {
  const counts: Record<string, number> = {};
  for (const word of words) counts[word] = (counts[word] ?? 0) + 1;
  return counts;
};

const percent = (share: number) => `${(100 * share).toFixed(1)} %`;
const dollars = (usd: number) => (usd === 0 ? 'no price known' : `$${usd.toPrecision(3)}`);
const seconds = (ms: number) => `${(ms / 1_000).toFixed(ms < 10_000 ? 2 : 0)} s`;

const ROWS: readonly (readonly [string, (scores: ModelScores) => string])[] = [
  ['tickets', ({ tickets }) => String(tickets)],
  ['score', ({ quality }) => percent(quality.score)],
  ['category right', ({ quality }) => percent(quality.category)],
  ['right article cited', ({ quality }) => percent(quality.rightArticle)],
  ['handed over, open', ({ quality }) => percent(quality.handedOver)],
  ['failed', ({ outcomes }) => String(outcomes.failed ?? 0)],
  ['latency p50', ({ latency }) => seconds(latency.p50)],
  ['latency p95', ({ latency }) => seconds(latency.p95)],
  ['tokens read', ({ inputTokens, estimated }) => `${inputTokens}${estimated ? ' (estimated)' : ''}`],
  ['tokens written', ({ outputTokens, estimated }) => `${outputTokens}${estimated ? ' (estimated)' : ''}`],
  ['cost', ({ costUsd }) => dollars(costUsd)],
  ['cost a ticket', ({ costUsd, tickets }) => dollars(costUsd / Math.max(1, tickets))],
];

/** The models side by side, a line a figure. */
export function modelTable(scores: readonly ModelScores[]): string {
  const cells = [
    ['', ...scores.map(({ model }) => model)],
    ...ROWS.map(([name, cellOf]) => [name, ...scores.map(cellOf)]),
  ];
  const widths = (cells[0] ?? []).map((_, column) =>
    Math.max(...cells.map((row) => row[column]?.length ?? 0)),
  );
  return cells
    .map((row) =>
      row
        .map((cell, column) => cell.padEnd(widths[column] ?? 0))
        .join('  ')
        .trimEnd(),
    )
    .join('\n');
}
