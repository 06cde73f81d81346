import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Principal } from '../../agents/contracts/index.js';
import { loadConfig } from '../../src/config/load-config.js';
import { createRuntime, type Runtime } from '../../src/engine/runtime.js';
import { SETS_DIR } from '../data-sets.js';
import { recall } from '../retrieval/metrics.js';
import { createBaseline } from './baseline.js';
import {
  ARTICLES,
  BANKING77,
  CLINC150,
  type LabelledTicket,
  type LabelSet,
  missingFiles,
  OUT_OF_SCOPE,
  THUNDERBIRD,
} from './label-sets.js';
import { accuracy, calibrationError, type Guess, macroF1 } from './measures.js';

const EVALUATOR: Principal = { id: 'eval', tenant: 'default', groups: [], role: 'operator' };
const BATCH = 500;

/** A figure with what is to be reached, in percent or in the unit of its name; `baseline` where it has one. */
interface Figure {
  readonly name: string;
  readonly shipped: number;
  readonly baseline?: number;
  readonly target: number;
  readonly isCost?: boolean;
}

type Field = 'category' | 'queue';
type Predicted = NonNullable<Awaited<ReturnType<Runtime['learning']['predict']>>>;

const textOf = ({ subject, body }: LabelledTicket) => (body === '' ? subject : `${subject}\n${body}`);

/** What is measured on each set, in the order of the report. */
const MEASUREMENTS: readonly { set: LabelSet; measure: (desk: Taught) => Promise<readonly Figure[]> }[] = [
  { set: THUNDERBIRD, measure: measureTickets },
  { set: ARTICLES, measure: measureArticles },
  { set: BANKING77, measure: measureQuestions },
  { set: CLINC150, measure: measureScope },
];

/** Measures what is learned from solved tickets, with tf-idf and logistic regression beside it. */
export async function evaluateLearning(): Promise<void> {
  const figures: (Figure & { set: string })[] = [];
  for (const { set, measure } of MEASUREMENTS) {
    const missing = missingFiles(set);
    if (missing.length > 0) {
      process.stdout.write(
        `skipped ${set.name}: ${missing.join(', ')} not found in ${SETS_DIR} (--sets DIR names another folder)\n`,
      );
      continue;
    }
    for (const figure of await withTaught(set, measure)) {
      figures.push({ set: set.name, ...figure });
      tell(set.name, figure);
    }
  }
  if (process.argv.includes('--json')) process.stdout.write(`${JSON.stringify(figures)}\n`);
}

/** A fresh store that has learned the set's earlier part. */
interface Taught {
  readonly runtime: Runtime;
  readonly learn: readonly LabelledTicket[];
  readonly judge: readonly LabelledTicket[];
  /** CPU seconds of all threads. */
  readonly trainingSeconds: number;
}

function cpuSecondsSince(before: NodeJS.CpuUsage): number {
  const { user, system } = process.cpuUsage(before);
  return (user + system) / 1e6;
}

async function withTaught<T>(set: LabelSet, use: (taught: Taught) => Promise<T>): Promise<T> {
  const { learn, judge } = set.load();
  const dir = await mkdtemp(join(tmpdir(), 'triagent-eval-'));
  const config = loadConfig({ cwd: dir, env: {}, flags: { data: { dir }, samples: false } });
  const runtime = await createRuntime({ config });
  try {
    const solved = learn.map(({ category, queue, ...ticket }, at) => ({
      id: `solved-${String(at).padStart(6, '0')}`,
      ...ticket,
      // A solved ticket has a body; a question of one line is subject and body at once.
      body: ticket.body === '' ? ticket.subject : ticket.body,
      subject: ticket.body === '' ? '' : ticket.subject,
      ...(category !== undefined && { category }),
      ...(queue !== undefined && { queue }),
    }));
    for (let from = 0; from < solved.length; from += BATCH)
      await runtime.knowledge.learn(solved.slice(from, from + BATCH), EVALUATOR);
    const before = process.cpuUsage();
    await runtime.learning.retrain(EVALUATOR);
    return await use({ runtime, learn, judge, trainingSeconds: cpuSecondsSince(before) });
  } finally {
    await runtime.close();
    await rm(dir, { recursive: true, force: true });
  }
}

const guessOf = (truth: string, learned: Predicted[Field]): Guess => ({
  truth,
  ranked: learned?.labels.map(({ label }) => label) ?? [],
  confidence: learned?.labels[0]?.share ?? 0,
});

async function guesses({ runtime, judge }: Taught, field: Field): Promise<readonly Guess[]> {
  const made: Guess[] = [];
  for (const ticket of judge) {
    const truth = ticket[field];
    if (truth === undefined) continue;
    made.push(guessOf(truth, (await runtime.learning.predict(textOf(ticket), EVALUATOR))?.[field]));
  }
  return made;
}

function baselineGuesses({ learn, judge }: Taught, field: Field): readonly Guess[] {
  const labelled = (tickets: readonly LabelledTicket[]) =>
    tickets.flatMap((ticket) => {
      const label = ticket[field];
      return label === undefined ? [] : [{ text: textOf(ticket), label }];
    });
  const guess = createBaseline(labelled(learn));
  return labelled(judge).map(({ text, label: truth }) => ({ truth, ...guess(text) }));
}

async function measureTickets(taught: Taught): Promise<readonly Figure[]> {
  const before = process.cpuUsage();
  const queues = await guesses(taught, 'queue');
  const predictionMs = cpuSecondsSince(before) * (1_000 / Math.max(1, queues.length));
  const [plainQueues, plainTopics] = [baselineGuesses(taught, 'queue'), baselineGuesses(taught, 'category')];
  const topics = await guesses(taught, 'category');
  const beside = (name: string, measure: (own: readonly Guess[]) => number, target: number): Figure => ({
    name,
    shipped: 100 * measure(queues),
    baseline: 100 * measure(plainQueues),
    target,
  });
  return [
    beside('queue accuracy', accuracy, 72.5),
    beside('queue macro-F1', macroF1, 64.5),
    { ...beside('queue calibration error', calibrationError, 3), isCost: true },
    {
      name: 'topic in first three',
      shipped: 100 * accuracy(topics, 3),
      baseline: 100 * accuracy(plainTopics, 3),
      target: 85,
    },
    { name: 'training, CPU seconds', shipped: taught.trainingSeconds, target: 60, isCost: true },
    { name: 'prediction, CPU ms', shipped: predictionMs, target: 2, isCost: true },
  ];
}

/** Articles come of what is learned and of similar tickets, so that whole triages are asked for. */
async function measureArticles({ runtime, judge }: Taught): Promise<readonly Figure[]> {
  let found = 0;
  let reciprocal = 0;
  for (const { subject, body, articles = [] } of judge) {
    const { id } = await runtime.triage.start(
      { ticket: { subject, body }, options: { depth: 'classify' } },
      EVALUATOR,
    );
    const { result } = await runtime.triage.join(id, EVALUATOR);
    const ranked = result?.decision?.articles.map(({ articleId }) => articleId) ?? [];
    const relevant = new Set(articles);
    found += recall(5)(ranked, relevant);
    const rank = ranked.findIndex((article) => relevant.has(article));
    reciprocal += rank < 0 ? 0 : 1 / (rank + 1);
  }
  return [
    { name: 'articles, R@5', shipped: (100 * found) / judge.length, target: 70 },
    { name: 'articles, MRR', shipped: (100 * reciprocal) / judge.length, target: 55 },
  ];
}

async function measureQuestions(taught: Taught): Promise<readonly Figure[]> {
  const own = await guesses(taught, 'category');
  const plain = baselineGuesses(taught, 'category');
  return [{ name: 'accuracy', shipped: 100 * accuracy(own), baseline: 100 * accuracy(plain), target: 92 }];
}

/** A question is left to a person where its likeliest label is that of strange ones, or not worth a guess. */
async function measureScope(taught: Taught): Promise<readonly Figure[]> {
  const { runtime, judge } = taught;
  const made: { truth: string; said: string }[] = [];
  for (const ticket of judge) {
    const learned = (await runtime.learning.predict(textOf(ticket), EVALUATOR))?.category;
    const [best] = learned?.labels ?? [];
    const isTold = best !== undefined && best.share >= (learned?.worthwhile ?? 1);
    made.push({ truth: ticket.category ?? '', said: isTold ? best.label : OUT_OF_SCOPE });
  }
  const plain = baselineGuesses(taught, 'category').map(({ truth, ranked: [said = ''] }) => ({
    truth,
    said,
  }));
  const share = (all: typeof made, isAsked: (truth: string) => boolean) => {
    const asked = all.filter(({ truth }) => isAsked(truth));
    return (100 * asked.filter(({ truth, said }) => truth === said).length) / Math.max(1, asked.length);
  };
  const isStrange = (truth: string) => truth === OUT_OF_SCOPE;
  const inScope = (truth: string) => !isStrange(truth);
  return [
    { name: 'in scope, right', shipped: share(made, inScope), baseline: share(plain, inScope), target: 93 },
    {
      name: 'out of scope, found',
      shipped: share(made, isStrange),
      baseline: share(plain, isStrange),
      target: 65,
    },
  ];
}

function tell(set: string, { name, shipped, baseline, target, isCost = false }: Figure): void {
  const isReached = isCost ? shipped <= target : shipped >= target;
  const beside = baseline === undefined ? '' : `tf-idf + LR ${baseline.toFixed(1).padStart(5)}`;
  process.stdout.write(
    `${set.padEnd(22)}${name.padEnd(26)}${beside.padEnd(20)}shipped ${shipped.toFixed(1).padStart(5)}  ` +
      `target ${isCost ? '≤' : '≥'}${target.toFixed(1)} ${isReached ? 'reached' : 'missed'}\n`,
  );
}
