import type { Observation } from '../../contracts/index.js';
import type { Plan } from './plan.js';
import type { Step } from './runbook.js';
import { RUNBOOKS } from './runbooks.js';
import { type FactRule, holds } from './signs.js';

const isDue = ({ when, unless }: Step, seen: readonly Observation[]): boolean => {
  const anyHolds = (rules: readonly FactRule[]) =>
    rules.some((rule) => seen.some((observation) => holds(rule, observation)));
  return (!when || anyHolds(when)) && !(unless && anyHolds(unless));
};

/** The steps of a plan that are worth a look by what was seen so far, one after the other; each is asked for once. */
export function* dueSteps(
  { runbook, aim }: Plan,
  seen: () => readonly Observation[],
): Generator<{ readonly step: Step; readonly args: ReturnType<Step['ask']> & object }> {
  for (const step of RUNBOOKS[runbook].steps) {
    const args = isDue(step, seen()) ? step.ask(aim) : null;
    if (args) yield { step, args };
  }
}
