import type { Observation } from '../contracts/index.js';
import type { RunContext } from '../run-context.js';
import type { SupportStateType } from '../state.js';
import { messageOf, questionOf } from '../transcript.js';
import type { Rates } from './posterior.js';
import { CAUSES } from './runbooks/causes.js';
import { LOG, type Plan, plansFor } from './runbooks/plan.js';
import { chooseRunbook, RUNBOOKS } from './runbooks/runbooks.js';
import { logExcerpt } from './tools/log-analyze.tool.js';
import type { GivenText, PermissionClass } from './tools/tool.js';

/** What there is to look at. */
export interface Case {
  readonly question: string;
  readonly targets: readonly string[];
  readonly logs: string;
  readonly texts: readonly GivenText[];
  readonly allowed: ReadonlySet<PermissionClass>;
  /** The runbooks that the question asks for. */
  readonly plans: readonly Plan[];
  /** How often each cause is behind such a question, by what was looked at. */
  readonly ratesOf: (host: string) => Rates | null;
}

/** Reads from the state of a turn what there is to look at, and how. */
export function caseOf(state: SupportStateType, run: RunContext): Case {
  const question = questionOf(state);
  const texts = [{ name: 'message', text: messageOf(state) }, ...state.attachments];
  const logs = logExcerpt(texts) ?? '';
  const inDoubt =
    state.assignment?.to === 'diagnostics'
      ? state.assignment.queries.filter((host) => run.targets.has(host))
      : [];
  const targets = run.options.depth === 'answer' ? [] : [...new Set([...inDoubt, ...run.targets.list])];
  const allowed = new Set<PermissionClass>();
  if (targets.length > 0) allowed.add('read-network');
  if (logs) allowed.add('read-text');
  const chosen = chooseRunbook(question);
  return {
    ...{ question, targets, logs, texts, allowed },
    plans: plansFor({ message: question, targets, hasLog: logs !== '' }),
    ratesOf: (host) => {
      if (host === LOG) return RUNBOOKS['errors in a log'].causes;
      return chosen && RUNBOOKS[chosen].causes;
    },
  };
}

const factsLine = ({ facts }: Observation) =>
  Object.entries(facts)
    .map(([name, value]) => `${name}: ${value}`)
    .join('; ');

/** The variables of the diagnostics prompt. */
export const promptVariables = ({ question, targets, logs }: Case, observations: readonly Observation[]) => ({
  question,
  targets,
  logs,
  observations: observations.map((observation) => {
    const { id, tool, target, summary } = observation;
    return { id, tool, target, summary, facts: factsLine(observation) };
  }),
  causes: CAUSES.map(({ name, description }) => ({ name, description })),
});
