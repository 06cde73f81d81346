import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Principal } from '../../agents/contracts/index.js';
import { loadConfig } from '../../src/config/load-config.js';
import { createRuntime, type Runtime } from '../../src/engine/runtime.js';
import { SETS_DIR } from '../data-sets.js';
import { createBm25 } from './bm25.js';
import { missingFiles, QUESTION_SETS, type Query, type QuestionSet } from './question-sets.js';

type Search = (text: string, depth: number) => Promise<readonly string[]>;

interface Figure {
  readonly set: QuestionSet;
  readonly queries: number;
  readonly words: number;
  readonly shipped: number;
}

/** Measures the shipped search on the development halves of public question sets, with BM25 alone beside it. */
export async function evaluateRetrieval(): Promise<void> {
  const figures: Figure[] = [];
  for (const set of QUESTION_SETS) {
    const missing = missingFiles(set);
    if (missing.length > 0) {
      process.stdout.write(
        `skipped ${set.name}: ${missing.join(', ')} not found in ${SETS_DIR} (--sets DIR names another folder)\n`,
      );
      continue;
    }
    const figure = await measure(set);
    figures.push(figure);
    tell(figure);
  }
  if (process.argv.includes('--json')) process.stdout.write(`${JSON.stringify(figures.map(plain))}\n`);
}

async function measure(set: QuestionSet): Promise<Figure> {
  const { documents, queries } = set.load();
  const words = createBm25(documents);
  return withRuntime(async (runtime, principal) => {
    for (let from = 0; from < documents.length; from += BATCH) {
      await runtime.knowledge.add(documents.slice(from, from + BATCH), {}, principal);
    }
    const shipped = await scoreOf(set, queries, async (text, depth) => {
      const hits = await runtime.knowledge.search({ text, k: depth }, principal);
      return [...new Set(hits.map(({ docId }) => docId))];
    });
    const alone = await scoreOf(set, queries, async (text) => words(text));
    return { set, queries: queries.length, words: alone, shipped };
  });
}

const BATCH = 200;

async function withRuntime<T>(use: (runtime: Runtime, principal: Principal) => Promise<T>): Promise<T> {
  const dir = await mkdtemp(join(tmpdir(), 'triagent-eval-'));
  const config = loadConfig({ cwd: dir, flags: { data: { dir }, samples: false } });
  const runtime = await createRuntime({ config });
  try {
    return await use(runtime, { id: 'eval', tenant: 'default', groups: [], role: 'operator' });
  } finally {
    await runtime.close();
    await rm(dir, { recursive: true, force: true });
  }
}

/** Mean over the queries, in percent. */
async function scoreOf(set: QuestionSet, queries: readonly Query[], search: Search): Promise<number> {
  let sum = 0;
  for (const { text, relevant, self } of queries) {
    const found = await search(text, set.depth);
    const ranked = found.filter((id) => id !== self).slice(0, set.depth);
    sum += set.metric(ranked, relevant);
  }
  return (100 * sum) / queries.length;
}

function tell({ set, queries, words, shipped }: Figure): void {
  const reached = shipped >= set.target ? 'reached' : 'missed';
  process.stdout.write(
    `${set.name.padEnd(18)} ${String(queries).padStart(4)} queries  ${set.measure.padEnd(8)}` +
      `BM25 ${words.toFixed(1).padStart(5)}  shipped ${shipped.toFixed(1).padStart(5)}  ` +
      `target ${set.target.toFixed(1)} ${reached}\n`,
  );
}

const plain = ({ set, ...figures }: Figure) => ({
  set: set.name,
  measure: set.measure,
  target: set.target,
  ...figures,
});
