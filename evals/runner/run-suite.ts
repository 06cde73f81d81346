import { type Grade, grade, type Judge } from './assertions/grade.js';
import { type EvalCase, isRecorded } from './case.js';
import { type Labelled, labelledCategory, measure } from './measures.js';
import type { Outcome } from './outcome.contract.js';
import { keyOf, type OutcomeLog } from './outcome-log.js';
import { createPlaces } from './places.js';
import type { Suite } from './suite.js';
import type { Target } from './targets/target.contract.js';

/** What one version made of one case, every repeat of it; outputs stay in the log under their keys. */
export interface CaseRun {
  readonly grades: readonly Grade[];
  /** By measure, a score a repeat. */
  readonly measures: readonly Readonly<Record<string, number>>[];
  readonly labels: readonly Labelled[];
  readonly costUsd: readonly number[];
  readonly latencyMs: readonly number[];
  readonly keys: readonly string[];
}

export interface SuiteRun {
  readonly suite: Suite;
  readonly repeats: number;
  /** Cases that every version has been through, in their order. */
  readonly cases: readonly EvalCase[];
  /** By version, then by case. */
  readonly versions: readonly (readonly CaseRun[])[];
  /** Spent now; what the cache gave cost nothing. */
  readonly spentUsd: number;
  readonly isCutShort: boolean;
}

export interface RunOptions {
  readonly suite: Suite;
  readonly cases: readonly EvalCase[];
  /** One, or the two that are compared. Null where every case is recorded. */
  readonly targets: readonly (Target | null)[];
  readonly repeats: number;
  /** Most questions under way, of all versions and repeats together. */
  readonly concurrency: number;
  readonly log: OutcomeLog;
  /** Measures again what the log knows. */
  readonly isFresh: boolean;
  readonly maxUsd: number;
  readonly judge?: Judge;
  readonly signal: AbortSignal;
  onProgress(done: number, total: number): void;
}

const recordedOutcome = ({ providerOutput, metadata }: EvalCase): Outcome => ({
  output: providerOutput,
  ...(metadata.trajectory && { steps: metadata.trajectory }),
  costUsd: 0,
  latencyMs: 0,
});

/**
 * Puts every case to every version as often as asked, `concurrency` at a time, the versions of a case side by side so that a
 * slow hour strikes both. Stops early where the signal aborts or the money is spent: whole cases are kept.
 */
export async function runSuite(options: RunOptions): Promise<SuiteRun> {
  const { suite, cases, targets, repeats, concurrency, log, maxUsd, signal } = options;
  const rows: CaseRun[][] = [];
  const inFlight = new Map<string, Promise<Outcome>>();
  const inPlace = createPlaces(concurrency);
  let spentUsd = 0;
  let done = 0;

  const measured = async (target: Target, test: EvalCase, key: string): Promise<Outcome> => {
    const known = options.isFresh ? null : await log.get(key);
    if (known) return known;
    const outcome = await inPlace(() => target.run(test, signal));
    spentUsd += outcome.costUsd;
    if (outcome.error === undefined) await log.put(key, outcome);
    return outcome;
  };
  /** The same version twice is one measurement. */
  const outcomeFor = (target: Target | null, test: EvalCase, key: string): Promise<Outcome> => {
    if (isRecorded(test) || !target) return Promise.resolve(recordedOutcome(test));
    const running = inFlight.get(key) ?? measured(target, test, key);
    inFlight.set(key, running);
    return running;
  };
  const runCase = async (target: Target | null, test: EvalCase): Promise<CaseRun> => {
    const once = Array.from({ length: repeats }, async (_, repeat) => {
      const key = keyOf(suite.name, target?.fingerprint, test.id, test.vars, repeat);
      const outcome = await outcomeFor(target, test, key);
      const scored = await grade(test, outcome, options.judge);
      const label = labelledCategory(outcome, test);
      return { key, outcome, scored, label, measures: measure(suite.measures, outcome, test) };
    });
    const all = await Promise.all(once);
    for (const { key } of all) inFlight.delete(key);
    return {
      grades: all.map(({ scored }) => scored),
      measures: all.map(({ measures }) => measures),
      labels: all.flatMap(({ label }) => label ?? []),
      costUsd: all.map(({ outcome }) => outcome.costUsd),
      latencyMs: all.map(({ outcome }) => outcome.latencyMs),
      keys: all.map(({ key }) => key),
    };
  };

  const queue = cases.entries();
  const isOver = () => signal.aborted || spentUsd >= maxUsd;
  const work = async () => {
    while (!isOver()) {
      const next = queue.next();
      if (next.done) return;
      const [at, test] = next.value;
      rows[at] = await Promise.all(targets.map((target) => runCase(target, test)));
      done += 1;
      options.onProgress(done, cases.length);
    }
  };
  const ended = await Promise.allSettled(Array.from({ length: Math.min(concurrency, cases.length) }, work));
  const failed = ended.find(({ status }) => status === 'rejected');
  if (failed?.status === 'rejected' && !signal.aborted) throw failed.reason;

  const finished = cases.flatMap((test, at) => (rows[at] ? [{ test, runs: rows[at] }] : []));
  return {
    suite,
    repeats,
    cases: finished.map(({ test }) => test),
    versions: targets.map((_, version) => finished.flatMap(({ runs }) => runs[version] ?? [])),
    spentUsd,
    isCutShort: finished.length < cases.length,
  };
}
