import { type Assertion, type AssertionSet, type EvalCase, isSet } from '../case.js';
import { type Outcome, textOf } from '../outcome.contract.js';
import { fill } from '../template.js';
import { type Check, type Checked } from './check.js';
import { JSON_CHECKS } from './json.checks.js';
import { MEASURE_CHECKS } from './measure.checks.js';
import { OVERLAP_CHECKS } from './overlap.checks.js';
import { TEXT_CHECKS } from './text.checks.js';
import { TRAJECTORY_CHECKS } from './trajectory.checks.js';

const CHECKS: Readonly<Record<string, Check>> = {
  ...TEXT_CHECKS,
  ...JSON_CHECKS,
  ...OVERLAP_CHECKS,
  ...MEASURE_CHECKS,
  ...TRAJECTORY_CHECKS,
};

/** Judged by a model: only where the suite names one. */
const RUBRIC = 'llm-rubric';

export interface AssertionScore {
  readonly type: string;
  readonly pass: boolean;
  readonly score: number;
  readonly reason: string;
}

export interface Grade {
  readonly pass: boolean;
  readonly score: number;
  /** In the order of the case; a set stands before its members. */
  readonly assertions: readonly AssertionScore[];
  /** Weighted means of the assertions that share a `metric`. */
  readonly metrics: Readonly<Record<string, number>>;
}

/** Asks a model whether a text meets a rubric. */
export type Judge = (rubric: string, text: string) => Promise<Checked>;

const isInverse = (type: string) => type.startsWith('not-');
const baseOf = (type: string) => (isInverse(type) ? type.slice(4) : type);

/** Whether an assertion of this type can be scored at all. */
export const isKnownType = (type: string): boolean =>
  Object.hasOwn(CHECKS, baseOf(type)) || baseOf(type) === RUBRIC;

async function score(
  assertion: Assertion,
  test: EvalCase,
  outcome: Outcome,
  judge?: Judge,
): Promise<AssertionScore> {
  const { type, threshold, weight } = assertion;
  const inverse = isInverse(type);
  const text = textOf(outcome.output);
  // Like promptfoo, texts and lists are templates; an object such as a schema is taken as it stands.
  const isTemplate = typeof assertion.value !== 'object' || Array.isArray(assertion.value);
  const value = isTemplate ? fill(assertion.value, test.vars) : assertion.value;
  const checked =
    baseOf(type) === RUBRIC
      ? await judged(String(value), text, judge)
      : CHECKS[baseOf(type)]?.({
          text,
          value,
          threshold,
          inverse,
          steps: outcome.steps,
          costUsd: outcome.costUsd,
          latencyMs: outcome.latencyMs,
        });
  if (!checked) throw new Error('there is no such assertion');
  const holds = checked.final ? checked.holds : checked.holds !== inverse;
  const graded = checked.score ?? Number(checked.holds);
  return {
    type,
    pass: weight === 0 || holds,
    score: checked.score === undefined ? Number(holds) : inverse ? 1 - graded : graded,
    reason: checked.reason,
  };
}

function judged(rubric: string, text: string, judge: Judge | undefined): Promise<Checked> {
  if (!judge) throw new Error('llm-rubric asks a model: name one as `judge` in suite.yaml');
  return judge(rubric, text);
}

interface Weighed {
  readonly weight: number | undefined;
  readonly metric: string | undefined;
  readonly scored: AssertionScore;
}

/** All must pass, or with a threshold the weighted mean must reach it. */
function combine(parts: readonly Weighed[], threshold: number | undefined): Omit<Grade, 'assertions'> {
  const score = weightedMean(parts);
  const metrics = Map.groupBy(
    parts.filter(({ metric }) => metric),
    ({ metric }) => metric ?? '',
  );
  return {
    pass: threshold === undefined ? parts.every(({ scored }) => scored.pass) : score >= threshold,
    score,
    metrics: Object.fromEntries([...metrics].map(([name, members]) => [name, weightedMean(members)])),
  };
}

function weightedMean(parts: readonly Weighed[]): number {
  const total = parts.reduce((sum, { weight = 1 }) => sum + weight, 0);
  return total > 0
    ? parts.reduce((sum, { weight = 1, scored }) => sum + scored.score * weight, 0) / total
    : 0;
}

/**
 * Scores an outcome by its case's assertions as promptfoo does. An assertion that cannot be scored (its value is of the wrong
 * kind, a schema is none) fails the whole case with 0, and so does an outcome that is an error.
 */
export async function grade(test: EvalCase, outcome: Outcome, judge?: Judge): Promise<Grade> {
  if (test.assert.length === 0 && outcome.error === undefined)
    return { pass: true, score: 1, assertions: [], metrics: {} };
  let isBroken = outcome.error !== undefined;
  const one = async (assertion: Assertion): Promise<Weighed> => {
    const { weight, metric } = assertion;
    if (outcome.error !== undefined)
      return {
        weight,
        metric,
        scored: { type: assertion.type, pass: false, score: 0, reason: outcome.error },
      };
    try {
      return { weight, metric, scored: await score(assertion, test, outcome, judge) };
    } catch (error) {
      isBroken = true;
      const reason = error instanceof Error ? error.message : String(error);
      return { weight, metric, scored: { type: assertion.type, pass: false, score: 0, reason } };
    }
  };
  const assertions: AssertionScore[] = [];
  const parts: Weighed[] = [];
  const inner: Record<string, number> = {};
  for (const assertion of test.assert) {
    const part = isSet(assertion) ? await ofSet(assertion) : await one(assertion);
    parts.push(part);
    if (!isSet(assertion)) assertions.push(part.scored);
  }
  const combined = combine(parts, test.threshold);
  if (isBroken) return { pass: false, score: 0, assertions, metrics: combined.metrics };
  return { ...combined, assertions, metrics: { ...inner, ...combined.metrics } };

  async function ofSet(set: AssertionSet): Promise<Weighed> {
    const members: Weighed[] = [];
    for (const member of set.assert) members.push(await one(member));
    const { pass, score: mean, metrics } = combine(members, set.threshold);
    Object.assign(inner, metrics);
    const failed = members.find(({ scored }) => !scored.pass);
    const scored = { type: set.type, pass, score: mean, reason: failed?.scored.reason ?? 'all hold' };
    assertions.push(scored, ...members.map((member) => member.scored));
    return { weight: set.weight, metric: set.metric, scored };
  }
}
