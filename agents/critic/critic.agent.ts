import {
  type Answer,
  type Claim,
  type Critique,
  fault,
  type Issue,
  type Message,
} from '../contracts/index.js';
import type { AgentPorts } from '../ports.js';
import type { RunContext } from '../run-context.js';
import { type SettledDiagnosis, settledDiagnosis } from '../settled-diagnosis.js';
import type { Assignment, SupportPatch, SupportStateType } from '../state.js';
import { proseOf, questionOf, searchNote, streamMessage, visitOf } from '../transcript.js';
import { checkCompleteness } from './completeness-check.js';
import { checkContradictions } from './contradiction-check.js';
import { type CriticOutput, criticOutput } from './critic.output.js';
import { checkEvidence } from './evidence-check.js';
import { checkPlatform } from './platform-check.js';
import { unknownProduct } from './product-check.js';

/** Time that one more loop needs at the least; a run nearer to its deadline ends with what it has. */
const LOOP_MS = 1_000;

type Verdict = Critique['verdict'];

/**
 * Checks a draft: first deterministically against its evidence, then by judgement. Sends the work back while a
 * revision may help, and otherwise accepts what holds and hands the rest to a person.
 */
export function createCritic(ports: AgentPorts) {
  return async (state: SupportStateType, run: RunContext): Promise<SupportPatch> => {
    const { visit, counted } = visitOf(state, 'critic');
    const drafted = state.draft?.claims ?? [];
    run.emit({
      channel: 'custom',
      name: 'progress',
      payload: { agent: 'critic', stage: 'started', text: 'Checking each claim' },
    });
    const check = checkEvidence(drafted, state.evidence);
    const foreign = await checkProduct(ports, state, check.claims, run);
    const judged = await judge(ports, state, check.claims, foreign.length > 0, visit, run);
    const issues: Issue[] = [
      ...check.issues,
      ...checkPlatform(questionOf(state), check.claims, state.evidence),
      ...foreign,
      ...checkContradictions(check.claims, state.observations),
      ...judged.issues,
    ];
    const faulty = new Set(issues.flatMap(({ claim }) => claim ?? []));
    const sound = check.claims.filter((_, index) => !faulty.has(index));
    // What nothing in the knowledge base knows is not found by looking again.
    const mayLoop =
      foreign.length === 0 &&
      !state.draft?.cut &&
      visit < run.limits.revisions &&
      run.limits.deadline - ports.clock.now() > LOOP_MS;
    // Once: what a second look does not find is not there to be told.
    const gaps = mayLoop && visit === 0 ? checkCompleteness(questionOf(state), sound, state.evidence) : [];
    const assignment = mayLoop ? assign(issues, gaps, state) : null;
    const open = issues.filter(({ kind }) => kind === 'unanswered');
    const verdict: Verdict = assignment
      ? (assignment.to as Verdict)
      : open.length > 0 || sound.length === 0
        ? 'handoff'
        : 'accept';
    run.emit({
      channel: 'custom',
      name: 'progress',
      payload: {
        agent: 'critic',
        stage: 'finished',
        text: summaryOf(verdict, [...issues, ...gaps]),
        ...(judged.prompt && { prompt: judged.prompt, model: judged.model }),
      },
    });
    const critique: Critique = {
      verdict,
      coverage: check.coverage,
      revisions: visit,
      issues: [...issues, ...gaps],
    };
    if (assignment) return { critique, assignment, visits: counted };
    return {
      critique,
      assignment: null,
      visits: counted,
      ...release(state, sound, verdict === 'accept' && open.length === 0, run),
    };
  };
}

/** Every claim is about something else where nobody has written a word about the product in question. */
async function checkProduct(
  ports: AgentPorts,
  state: SupportStateType,
  claims: readonly Claim[],
  run: RunContext,
): Promise<Issue[]> {
  if (claims.length === 0) return [];
  const product = await unknownProduct(questionOf(state), state.evidence, ports.knowledge, run);
  if (product === null) return [];
  const detail = `the question is about ${product}, which nothing in the knowledge base speaks of`;
  return claims.map((_, claim) => ({ kind: 'wrong-product', claim, detail }));
}

/** The model's part: is each part of the question answered, which none is by claims about something else, and does each claim belong. */
async function judge(
  ports: AgentPorts,
  state: SupportStateType,
  claims: readonly Claim[],
  isForeign: boolean,
  visit: number,
  run: RunContext,
) {
  const message = questionOf(state);
  const cut = state.draft?.cut;
  if (cut)
    return {
      issues: [
        { kind: 'unanswered' as const, part: message, detail: `the answer was cut short: ${cut.detail}` },
      ],
      prompt: undefined,
      model: undefined,
    };
  const showsTitle = ports.prompts.takes('critic', 'claims.title', run);
  const titleOf = ({ evidence: [first] }: Claim) =>
    state.evidence.find(({ id }) => id === first)?.title ?? '';
  const shown = claims.map((claim, index) => ({
    id: `c${index + 1}`,
    ...(showsTitle && { title: titleOf(claim) }),
    text: claim.text,
  }));
  const prompt = ports.prompts.render('critic', { message, claims: shown }, run);
  const reply = await ports.models.call(
    { agent: 'critic', visit, messages: prompt.messages, output: { name: 'critique', schema: criticOutput } },
    run,
  );
  if (!reply.output)
    throw fault('MODEL_OUTPUT_INVALID', { detail: 'The critic got no judgement from its model.' });
  const issues = issuesOf(reply.output, isForeign ? [] : claims, settledDiagnosis(state));
  const silent = claims.length === 0 && issues.length === 0;
  return {
    issues: silent ? [{ kind: 'unanswered' as const, part: message, detail: 'nothing answers it' }] : issues,
    prompt: prompt.version,
    model: reply.model,
  };
}

/** A judgement as issues. What facts settled needs no judgement: it belongs, and it answers the part that it is about. */
function issuesOf(
  { parts, offTopic }: CriticOutput,
  claims: readonly Claim[],
  settled: SettledDiagnosis | null,
): Issue[] {
  const indexOf = (id: string) => Number(/^c(\d+)$/.exec(id)?.[1] ?? 0) - 1;
  const exists = (id: string) => indexOf(id) >= 0 && indexOf(id) < claims.length;
  const isSettled = (claim: Claim | undefined) =>
    settled?.claims.some(({ text }) => text === claim?.text) ?? false;
  const isAbout = (part: string) =>
    parts.length === 1 || (settled !== null && part.toLowerCase().includes(settled.about));
  const settles = claims.some(isSettled);
  const open = parts.filter(
    ({ part, answeredBy }) => !answeredBy.some(exists) && !(settles && isAbout(part)),
  );
  return [
    ...open.map(({ part }): Issue => ({ kind: 'unanswered', part, detail: `no claim answers “${part}”` })),
    ...offTopic
      .filter((id) => exists(id) && !isSettled(claims[indexOf(id)]))
      .map(
        (id): Issue => ({ kind: 'off-topic', claim: indexOf(id), detail: 'does not belong to the question' }),
      ),
  ];
}

/** Who can mend it: a search for open parts not yet searched for, else tools for contradictions, else a new draft. */
function assign(
  issues: readonly Issue[],
  gaps: readonly Issue[],
  state: SupportStateType,
): Assignment | null {
  const reasons = [...issues, ...gaps].map(({ detail }) => detail);
  const contradicted = issues.filter(({ kind }) => kind === 'contradicted');
  if (contradicted.length > 0 && (state.visits.diagnostics ?? 0) < 2)
    return { to: 'diagnostics', queries: contradicted.map(({ detail }) => detail), reasons };
  const parts = issues.flatMap(({ kind, part }) => (kind === 'unanswered' && part ? [part] : []));
  const unsearched = parts.filter((part) => !state.tried.includes(searchNote(part)));
  if (unsearched.length > 0) return { to: 'retriever', queries: unsearched.slice(0, 3), reasons };
  // The same evidence and only parts that were searched for: another draft would say the same again.
  const mendable = gaps.length > 0 || issues.some(({ kind }) => kind !== 'unanswered');
  return mendable ? { to: 'resolver', queries: [], reasons } : null;
}

/** The answer that holds, and its message; where the streamed draft held more, what holds is streamed anew. */
function release(
  state: SupportStateType,
  sound: readonly Claim[],
  complete: boolean,
  run: RunContext,
): SupportPatch {
  if (sound.length === 0 || !state.draft) return { answer: null };
  const text = sound.map((claim) => proseOf(claim, state.evidence)).join('\n');
  const answer: Answer = { text, complete, claims: [...sound] };
  if (!complete) return { answer };
  const same = sound.length === state.draft.claims.length;
  const message: Message = same
    ? { id: state.draft.messageId, type: 'ai', content: text }
    : retell(
        run,
        `${state.draft.messageId}_final_${run.attempt}`,
        sound.map((claim) => proseOf(claim, state.evidence)),
      );
  return { answer, messages: [message] };
}

function retell(run: RunContext, id: string, lines: readonly string[]): Message {
  const message = streamMessage(run, 'critic', id);
  for (const line of lines) message.line(line);
  return message.finish() ?? { id, type: 'ai', content: lines.join('\n') };
}

function summaryOf(verdict: Verdict, issues: readonly Issue[]): string {
  if (verdict === 'accept')
    return issues.length === 0 ? 'Every claim holds' : 'What holds is kept, the rest was dropped';
  const why = issues[0]?.detail ?? 'nothing answers the question';
  return verdict === 'handoff' ? `A person takes over: ${why}` : `Back to ${verdict}: ${why}`;
}
