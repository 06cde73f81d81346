import { type Evidence, fault, type Observation, type Progress } from '../contracts/index.js';
import type { AgentPorts } from '../ports.js';
import type { RunContext } from '../run-context.js';
import type { SupportStateType } from '../state.js';
import { questionOf, visitOf } from '../transcript.js';
import { buildBoard } from './board.js';
import { diagnosticsOutput } from './diagnostics.output.js';
import { CAUSES } from './runbooks/causes.js';
import { createToolBench, type ToolResult, toolMessage } from './tool-bench.js';
import { logExcerpt } from './tools/log-analyze.tool.js';
import type { GivenText, PermissionClass } from './tools/tool.js';
import { offersOf } from './tools/tools.js';

/** Turns in which a model may ask for tools. */
const MAX_TURNS = 3;
/** Turns that may hold a call which was refused: the first one teaches, the second one ends it. */
const MAX_REFUSED_TURNS = 2;

/** What there is to look at. */
interface Case {
  readonly question: string;
  readonly targets: readonly string[];
  readonly logs: string;
  readonly texts: readonly GivenText[];
  readonly allowed: ReadonlySet<PermissionClass>;
}

function caseOf(state: SupportStateType, run: RunContext): Case {
  const question = questionOf(state);
  const texts = [{ name: 'message', text: question }, ...state.attachments];
  const logs = logExcerpt(texts) ?? '';
  const inDoubt =
    state.assignment?.to === 'diagnostics'
      ? state.assignment.queries.filter((host) => run.targets.has(host))
      : [];
  const targets = run.options.depth === 'answer' ? [] : [...new Set([...inDoubt, ...run.targets.list])];
  const allowed = new Set<PermissionClass>();
  if (targets.length > 0) allowed.add('read-network');
  if (logs) allowed.add('read-text');
  return { question, targets, logs, texts, allowed };
}

const factsLine = ({ facts }: Observation) =>
  Object.entries(facts)
    .map(([name, value]) => `${name}: ${value}`)
    .join('; ');

const variables = ({ question, targets, logs }: Case, observations: readonly Observation[]) => ({
  question,
  targets,
  logs,
  observations: observations.map((observation) => {
    const { id, tool, target, summary } = observation;
    return { id, tool, target, summary, facts: factsLine(observation) };
  }),
  causes: CAUSES.map(({ name, description }) => ({ name, description })),
});

/** Each finding as an observation and, word for word, as evidence under the same id. */
function record(results: readonly ToolResult[], known: readonly Observation[], hash: AgentPorts['hash']) {
  const observations: Observation[] = [];
  const evidence: Evidence[] = [];
  for (const { call, found } of results) {
    if (!found) continue;
    const { tool, target } = found.prepared;
    const { ok, code, summary, facts, startedAt, ms } = found.finding;
    const id = `ev_o${known.length + observations.length + 1}`;
    observations.push({
      id,
      tool,
      target,
      ok,
      ...(code && { code }),
      summary,
      facts: { ...facts },
      startedAt,
      ms,
    });
    evidence.push({
      ...{ id, kind: 'observation', source: `tool:${tool}#${call.id}`, title: `${tool} ${target}` },
      ...{ quote: summary, span: [0, summary.length], hash: hash(summary) },
    });
  }
  return { observations, evidence };
}

const lookedAt = (count: number) => (count === 1 ? 'Made one observation' : `Made ${count} observations`);

/** One visit: who asks what with which ports. */
interface Visit {
  readonly ports: AgentPorts;
  readonly run: RunContext;
  readonly visit: number;
  readonly about: Case;
}

/** Lets the model ask for tools until it has seen enough. */
async function gather({ ports, run, visit, about }: Visit, state: SupportStateType): Promise<ToolResult[]> {
  const use = createToolBench({
    ...{ ports, run, visit, texts: about.texts, allowed: about.allowed },
    known: new Set(state.tried),
    budget: run.limits.toolCalls - state.observations.length,
  });
  const prompt = ports.prompts.render('diagnostics', variables(about, state.observations), run);
  const tools = offersOf(about.allowed);
  const all: ToolResult[] = [];
  let messages = prompt.messages;
  let refused = 0;
  for (let turn = 0; turn < MAX_TURNS && refused < MAX_REFUSED_TURNS; turn += 1) {
    const reply = await ports.models.call({ agent: 'diagnostics', visit, messages, tools }, run);
    if (reply.toolCalls.length === 0) break;
    const results = await use(reply.toolCalls);
    all.push(...results);
    const asked = {
      role: 'assistant',
      text: reply.text,
      toolCalls: results.map(({ call }) => call),
    } as const;
    messages = [...messages, asked, ...results.map(toolMessage)];
    if (results.some(({ refusal }) => refusal)) refused += 1;
  }
  return all;
}

/** Asks the model how probable each cause is, and lets the facts have the last word. */
async function weigh(
  { ports, run, visit, about }: Visit,
  observations: readonly Observation[],
  evidence: readonly Evidence[],
) {
  const prompt = ports.prompts.render('diagnostics', variables(about, observations), run);
  const output = { name: 'hypotheses', schema: diagnosticsOutput };
  const reply = await ports.models.call(
    { agent: 'diagnostics', visit, messages: prompt.messages, output },
    run,
  );
  if (!reply.output)
    throw fault('MODEL_OUTPUT_INVALID', { detail: 'Diagnostics got no causes from its model.' });
  const ids = new Set([...observations, ...evidence].map(({ id }) => id));
  const hypotheses = buildBoard(reply.output.hypotheses, observations, CAUSES, ids);
  return { hypotheses, prompt: prompt.version, model: reply.model };
}

/**
 * Looks at what the question names: asks its model which tools to use, runs them over the egress gate, and weighs the
 * candidate causes by what they found. With nothing to look at it costs no model call.
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
    const here: Visit = { ports, run, visit, about };
    const results = await gather(here, state);
    const { observations, evidence } = record(results, state.observations, ports.hash);
    if (observations.length === 0) {
      tell({ stage: 'finished', text: 'Nothing new to see' });
      return { visits: counted };
    }

    const all = [...state.observations, ...observations];
    const { hypotheses, prompt, model } = await weigh(here, all, state.evidence);
    run.emit({ channel: 'custom', name: 'hypotheses', payload: hypotheses });
    tell({ stage: 'finished', text: lookedAt(observations.length), prompt, model });
    const tried = results.flatMap(({ found }) => found?.prepared.request ?? []);
    return { observations, evidence, hypotheses, tried, visits: counted };
  };
}
