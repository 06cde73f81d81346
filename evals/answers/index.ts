import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Answer, Evidence, Principal } from '../../agents/contracts/index.js';
import { loadConfig } from '../../src/config/load-config.js';
import { createRuntime, type Runtime } from '../../src/engine/runtime.js';
import { SETS_DIR } from '../data-sets.js';
import { type Article, knowledgeBase, missingFiles, type Question, questions } from './questions.js';
import { unsoundness } from './soundness.js';

const EVALUATOR: Principal = { id: 'eval', tenant: 'default', groups: [], role: 'operator' };
const SIZE = 240;
const SEED = 6;
const CONCURRENCY = 8;

interface Outcome {
  readonly question: Question;
  readonly isAnswered: boolean;
  readonly answer: Answer | null;
  readonly evidence: readonly Evidence[];
  /** Ids of the articles that the claims cite. */
  readonly cited: ReadonlySet<string>;
}

/**
 * Asks one knowledge base what it answers and what it does not, with the offline model, and reports whether the right
 * article speaks, whether every claim is sound, and whether a person gets the rest.
 */
export async function evaluateAnswers(): Promise<void> {
  const missing = missingFiles();
  if (missing.length > 0) {
    process.stdout.write(
      `skipped: ${missing.join(', ')} not found in ${SETS_DIR} (--sets DIR names another folder)\n`,
    );
    return;
  }
  const articles = knowledgeBase();
  const dir = await mkdtemp(join(tmpdir(), 'triagent-eval-'));
  const config = loadConfig({ cwd: dir, env: {}, flags: { data: { dir }, samples: false } });
  const runtime = await createRuntime({ config });
  try {
    await runtime.knowledge.add(articles, {}, EVALUATOR);
    const outcomes = await askAll(runtime, questions(SIZE, SEED));
    if (process.argv.includes('--verbose')) for (const outcome of outcomes) tell(outcome);
    report(outcomes, articles);
  } finally {
    await runtime.close();
    await rm(dir, { recursive: true, force: true });
  }
}

async function askAll(runtime: Runtime, asked: readonly Question[]): Promise<Outcome[]> {
  const outcomes: Outcome[] = [];
  const queue = asked.entries();
  const work = async () => {
    for (const [index, question] of queue) outcomes[index] = await ask(runtime, question);
  };
  await Promise.all(Array.from({ length: CONCURRENCY }, work));
  return outcomes;
}

async function ask(runtime: Runtime, question: Question): Promise<Outcome> {
  const { id, subject, body } = question;
  const content = [subject, body].filter(Boolean).join('\n');
  const { runId, threadId } = await runtime.runs.start(
    {
      request: {
        messages: [{ id: `message-${id}`, type: 'human', content }],
        ticket: { id, subject, body },
        options: { depth: 'answer' },
      },
    },
    EVALUATOR,
  );
  const record = await runtime.runs.join(runId, EVALUATOR);
  const { values } = await runtime.threads.state(threadId, EVALUATOR);
  const { answer = null, evidence = [] } = values as { answer?: Answer | null; evidence?: Evidence[] };
  const ids = new Set((answer?.claims ?? []).flatMap((claim) => claim.evidence));
  const cited = new Set(evidence.filter((item) => ids.has(item.id)).map(articleOf));
  return { question, isAnswered: record.outcome === 'completed', answer, evidence, cited };
}

const articleOf = ({ source }: Evidence) => source.replace(/^kb:/u, '').replace(/#[^#]*$/u, '');

const isRight = ({ question, cited }: Outcome) => question.relevant.some((id) => cited.has(id));

function report(outcomes: readonly Outcome[], articles: readonly Article[]) {
  const bodies = new Map(articles.map(({ id, body }) => [id, body]));
  const lines = ['desktop help', 'runbooks'].map((group) => {
    const asked = outcomes.filter(({ question }) => question.group === group);
    return answered(group, asked);
  });
  const first = outcomes.filter(({ question }) => question.relevant.length > 0);
  const second = outcomes.filter(({ question }) => question.relevant.length === 0);
  const given = outcomes.filter(({ isAnswered }) => isAnswered);
  const claims = outcomes.flatMap(({ answer, evidence }) =>
    (answer?.claims ?? []).map((claim) => unsoundness(claim, evidence)),
  );
  const quotes = outcomes.flatMap(({ evidence }) => evidence.filter(({ kind }) => kind === 'passage'));
  const isSlice = (item: Evidence) => bodies.get(articleOf(item))?.slice(...item.span) === item.quote;
  const sizes = given.map(({ answer }) => answer?.claims.length ?? 0);
  process.stdout.write(
    `${[
      ...lines,
      answered('both', first),
      `other subjects: ${second.length} questions, left to a person ${share(second, ({ isAnswered }) => !isAnswered)}`,
      `answers: ${given.length}, at most 3 articles ${share(given, ({ cited }) => cited.size <= 3)}, most ${Math.max(0, ...given.map(({ cited }) => cited.size))}; claims ${mean(sizes).toFixed(1)} on average, most ${Math.max(0, ...sizes)}`,
      `quotes: ${quotes.length}, slices of their article ${share(quotes, isSlice)}`,
      `claims: ${claims.length}, sound ${share(claims, (fault) => fault === null)}`,
    ].join('\n')}\n`,
  );
}

const answered = (name: string, asked: readonly Outcome[]) =>
  `${name}: ${asked.length} questions, answered ${share(asked, ({ isAnswered }) => isAnswered)}, ` +
  `the right article cited ${share(asked, (outcome) => outcome.isAnswered && isRight(outcome))} ` +
  `(${share(
    asked.filter(({ isAnswered }) => isAnswered),
    isRight,
  )} of the answers)`;

const mean = (values: readonly number[]) =>
  values.reduce((sum, value) => sum + value, 0) / Math.max(1, values.length);

const share = <Item>(items: readonly Item[], holds: (item: Item) => boolean) =>
  `${(100 * mean(items.map((item) => Number(holds(item))))).toFixed(1)} %`;

function tell(outcome: Outcome) {
  const { question, isAnswered, answer, evidence, cited } = outcome;
  const verdict = question.relevant.length === 0 ? '' : isRight(outcome) ? 'right' : 'wrong';
  const faults = (answer?.claims ?? []).flatMap((claim) => unsoundness(claim, evidence) ?? []);
  process.stdout.write(
    `\n=== ${question.group} ${question.id}\n${[question.subject, question.body].filter(Boolean).join('\n')}\n` +
      `--- ${isAnswered ? 'answered' : 'handed over'} ${verdict}, cites ${[...cited].join(', ') || 'nothing'}; ` +
      `found ${[...new Set(evidence.map(articleOf))].join(', ') || 'nothing'}\n${answer?.text ?? '(no answer)'}\n` +
      faults.map((fault) => `  ! ${fault}\n`).join(''),
  );
}
