import {
  type Evidence,
  fault,
  type Hypothesis,
  type Observation,
  type Progress,
} from '../contracts/index.js';
import type { AgentPorts } from '../ports.js';
import type { RunContext } from '../run-context.js';
import { DIAGNOSIS } from '../settled-diagnosis.js';
import type { SupportStateType } from '../state.js';
import { visitOf } from '../transcript.js';
import { buildBoard, hostOf } from './board.js';
import { caseOf, promptVariables } from './case.js';
import { diagnosticsOutput } from './diagnostics.output.js';
import { evidenceOf, observationId, observationsOf } from './findings.js';
import { type Gathered, gather, type Origin, type Visit } from './gather.js';
import { adviceOn } from './runbooks/causes.js';

const lookedAt = (count: number) => (count === 1 ? 'Made one observation' : `Made ${count} observations`);

/** What the tools found, and which step of a runbook asked for each. */
function record({ results, origins }: Gathered, known: number, hash: AgentPorts['hash']) {
  const finding = results.filter(({ found }) => found);
  const observations = observationsOf(finding, known);
  const sources = finding.map(({ call, found }) => `tool:${found?.prepared.tool}#${call.id}`);
  return {
    observations,
    evidence: observations.map((observation, at) => evidenceOf(observation, sources[at] ?? '', hash)),
    originOf: new Map(
      observations.flatMap(({ id }, at) => {
        const origin = origins.get(finding[at]?.call.id ?? '');
        return origin ? [[id, origin] as const] : [];
      }),
    ),
  };
}

/** Asks the model how probable each cause is, and weighs that with the facts. */
async function weigh(
  { ports, run, visit, about }: Visit,
  observations: readonly Observation[],
  evidence: readonly Evidence[],
) {
  const prompt = ports.prompts.render('diagnostics', promptVariables(about, observations), run);
  const output = { name: 'hypotheses', schema: diagnosticsOutput };
  const reply = await ports.models.call(
    { agent: 'diagnostics', visit, messages: prompt.messages, output },
    run,
  );
  if (!reply.output)
    throw fault('MODEL_OUTPUT_INVALID', { detail: 'Diagnostics got no causes from its model.' });
  const board = buildBoard({
    ...{ message: about.question, ratesOf: about.ratesOf, observations },
    proposed: reply.output.hypotheses,
    knownIds: new Set([...observations, ...evidence].map(({ id }) => id)),
  });
  return { ...board, prompt: prompt.version, model: reply.model };
}

/** What the leading cause means for the user, as an observation of its own that an answer can cite. */
function conclusionOf(leader: Hypothesis, deciding: Observation, place: number): Observation {
  const { runbook, step } = leader.decidedBy ?? {};
  return {
    ...{ id: observationId(place), tool: DIAGNOSIS, target: hostOf(deciding), ok: true },
    summary: adviceOn(leader.cause, hostOf(deciding)),
    facts: {
      cause: leader.cause,
      'decided by': deciding.id,
      ...(runbook && { runbook }),
      ...(step && { step }),
    },
    ...{ startedAt: deciding.startedAt, ms: 0 },
  };
}

/** Names the observation that settled the leading cause, and where a step of a runbook made it, that step. */
function withDecision(
  hypotheses: readonly Hypothesis[],
  deciding: Observation | null,
  originOf: ReadonlyMap<string, Origin>,
): Hypothesis[] {
  const [leader, ...others] = hypotheses;
  if (!leader || !deciding) return [...hypotheses];
  return [{ ...leader, decidedBy: { observation: deciding.id, ...originOf.get(deciding.id) } }, ...others];
}

/**
 * Looks at what the question names: follows the runbook that fits, lets its model ask for more where that settles
 * nothing, and weighs the candidate causes by what was found. With nothing to look at it costs no model call.
 */
export function createDiagnosticsAgent(ports: AgentPorts) {
  return async (state: SupportStateType, run: RunContext): Promise<Partial<SupportStateType>> => {
    const { visit, counted } = visitOf(state, 'diagnostics');
    const tell = (progress: Omit<Progress, 'agent'>) =>
      run.emit({ channel: 'custom', name: 'progress', payload: { agent: 'diagnostics', ...progress } });
    const about = caseOf(state, run);
    if (about.allowed.size === 0) {
      tell({ stage: 'finished', text: 'Nothing to look at' });
      return { visits: counted };
    }

    tell({
      stage: 'started',
      text: `Looking at ${[...about.targets, ...(about.logs ? ['the log'] : [])].join(', ')}`,
    });
    const here: Visit = { ports, run, visit, about, tell };
    const gathered = await gather(here, state);
    const { observations, evidence, originOf } = record(gathered, state.observations.length, ports.hash);
    if (observations.length === 0) {
      tell({ stage: 'finished', text: 'Nothing new to see' });
      return { visits: counted };
    }

    const all = [...state.observations, ...observations];
    const { hypotheses, deciding, prompt, model } = await weigh(here, all, state.evidence);
    const board = withDecision(hypotheses, deciding, originOf);
    const [leader] = board;
    if (leader && deciding) {
      const { step } = leader.decidedBy ?? {};
      if (step) tell({ stage: 'working', text: `The step “${step}” decided: ${leader.cause}` });
      const conclusion = conclusionOf(leader, deciding, all.length);
      if (!all.some(({ tool, summary }) => tool === conclusion.tool && summary === conclusion.summary)) {
        observations.push(conclusion);
        evidence.push(evidenceOf(conclusion, `diagnosis:${leader.cause}#${deciding.id}`, ports.hash));
      }
    }
    run.emit({ channel: 'custom', name: 'hypotheses', payload: board });
    tell({
      stage: 'finished',
      text: lookedAt(gathered.results.filter(({ found }) => found).length),
      prompt,
      model,
    });
    const tried = gathered.results.flatMap(({ found }) => found?.prepared.request ?? []);
    return { observations, evidence, hypotheses: board, tried, visits: counted };
  };
}
