import { readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { z } from 'zod';
import { fault } from '../../agents/contracts/index.js';
import type { Config } from '../../src/config/config.schema.js';
import type { VerdictReport } from '../verdict/verdict-report.js';
import { isRecorded } from './case.js';
import { type OutcomeLog, openOutcomeLog } from './outcome-log.js';
import { rubricJudge } from './rubric-judge.js';
import { runSuite, type SuiteRun } from './run-suite.js';
import { readSuite, type Suite } from './suite.js';
import { passes, reportOf, type SuiteReport, verdictOf } from './summary.js';
import { openTargets } from './targets/open-targets.js';
import type { Version, World } from './targets/target.contract.js';

export interface EvalRequest {
  /** The name of a shipped suite, or a folder. */
  readonly suite: string;
  /** `[triage@1.0.0, triage@1.1.0]` */
  readonly compare?: readonly [string, string] | undefined;
  readonly repeats: number;
  readonly concurrency: number;
  /** Only the cases that did not pass last time, measured again. */
  readonly failedOnly: boolean;
  readonly cache: boolean;
  readonly maxUsd?: number | undefined;
  readonly margin?: number | undefined;
  readonly alpha?: number | undefined;
}

export interface EvalSurroundings {
  readonly config: Config;
  /** Measure on the configured data folder instead of one of its own with the samples. */
  readonly isOwnData: boolean;
  readonly tenant: string;
  readonly world: World;
  readonly signal: AbortSignal;
  onProgress(done: number, total: number): void;
}

export interface EvalResult {
  readonly run: SuiteRun;
  /** Of what is compared; empty where one version was measured. */
  readonly names: readonly string[];
  readonly report: SuiteReport;
  /** Null without a comparison. */
  readonly verdict: VerdictReport | null;
  /** Output of a case by its key, for reports. */
  readonly outcomes: OutcomeLog;
}

const REFERENCE = /^([a-z][\w-]*)@([\w.+-]+)$/;

/** @throws `USAGE` where it is not NAME@VERSION */
function versionOf(reference: string): NonNullable<Version> {
  const [, name, version] = REFERENCE.exec(reference) ?? [];
  if (!name || !version) throw fault('USAGE', { detail: `--compare: “${reference}” is not NAME@VERSION.` });
  return { name, version };
}

/**
 * Measures a suite, or two versions on it, and hands everything to `use` while the outputs are at hand.
 * @throws `USAGE`, `INPUT_UNREADABLE`, and what starting the engine throws
 */
export async function runEval<Result>(
  request: EvalRequest,
  surroundings: EvalSurroundings,
  use: (result: EvalResult) => Promise<Result>,
): Promise<Result> {
  const { config, world, signal } = surroundings;
  const suite = await readSuite(request.suite);
  const versions: readonly Version[] = request.compare?.map(versionOf) ?? [null];
  const folder = join(config.data.dir, 'evals');
  const failedFile = join(folder, `${suite.name}.failed.json`);
  const cases = request.failedOnly ? await failedOf(suite, failedFile) : suite.cases;
  const logPath = join(folder, request.cache ? `${suite.name}.jsonl` : `${suite.name}.${process.pid}.jsonl`);
  const outcomes = await openOutcomeLog(logPath);
  const targets = openTargets(suite.target, surroundings);
  try {
    const isAllRecorded = cases.every(isRecorded);
    const run = await runSuite({
      suite,
      cases,
      targets: await Promise.all(versions.map((version) => (isAllRecorded ? null : targets.of(version)))),
      repeats: request.repeats,
      concurrency: request.concurrency,
      log: outcomes,
      isFresh: request.failedOnly,
      maxUsd: request.maxUsd ?? Number.POSITIVE_INFINITY,
      ...(suite.judge && { judge: rubricJudge(suite.judge, config, world, signal) }),
      signal,
      onProgress: surroundings.onProgress,
    });
    const names = request.compare ?? [];
    const { margin = suite.margin, alpha = suite.alpha } = request;
    const verdict =
      request.compare && run.cases.length > 0 ? verdictOf(run, request.compare, { margin, alpha }) : null;
    await writeFile(failedFile, JSON.stringify(failuresOf(run)));
    return await use({ run, names, report: reportOf(run), verdict, outcomes });
  } finally {
    await targets.close();
    await outcomes.close();
    if (!request.cache) await rm(logPath, { force: true });
  }
}

/** Cases that some version did not pass. */
const failuresOf = ({ cases, versions }: SuiteRun): string[] =>
  cases.filter((_, at) => versions.some((rows) => rows[at] && !passes(rows[at]))).map(({ id }) => id);

async function failedOf({ cases }: Suite, file: string) {
  const text = await readFile(file, 'utf8').catch(() => {
    throw fault('USAGE', { detail: '--failed-only: this suite was not run before.' });
  });
  const failed = new Set(z.array(z.string()).parse(JSON.parse(text)));
  if (failed.size === 0) throw fault('USAGE', { detail: '--failed-only: every case passed last time.' });
  return cases.filter(({ id }) => failed.has(id));
}
