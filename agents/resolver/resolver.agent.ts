import { asFault, type Claim, fault, type Issue } from '../contracts/index.js';
import { faultOfClaim } from '../critic/evidence-check.js';
import type { AgentPorts } from '../ports.js';
import type { RunContext } from '../run-context.js';
import { settledDiagnosis } from '../settled-diagnosis.js';
import type { SupportPatch, SupportStateType } from '../state.js';
import { earlierTurns, proseOf, questionOf, streamMessage, visitOf } from '../transcript.js';
import { resolverOutput } from './resolver.output.js';

const CLAIM = resolverOutput.shape.claims.element;

/** Drafts the answer claim by claim; each claim is shown as soon as it is whole and its evidence has been checked. */
export function createResolver(ports: AgentPorts) {
  return async (state: SupportStateType, run: RunContext): Promise<SupportPatch> => {
    const { visit, counted } = visitOf(state, 'resolver');
    const messageId = `msg_${run.runId}_${visit}_${run.attempt}`;
    if (state.evidence.length === 0) return { draft: { messageId, claims: [] }, visits: counted };

    run.emit({
      channel: 'custom',
      name: 'progress',
      payload: {
        agent: 'resolver',
        stage: 'started',
        text: visit === 0 ? 'Drafting the answer' : 'Revising the answer',
      },
    });
    const evidence = new Map(state.evidence.map((item) => [item.id, item]));
    const message = streamMessage(run, 'resolver', messageId);
    const kept = keptClaims(state);
    for (const claim of kept) message.line(proseOf(claim, state.evidence));
    const isNew = (claim: Drafted) => !kept.some((known) => says(known, claim));
    const shown: Drafted[] = [];
    const show = (element: unknown) => {
      const claim = CLAIM.safeParse(element);
      if (!claim.success || !isNew(claim.data) || faultOfClaim(claim.data, evidence) !== null) return;
      shown.push(claim.data);
      message.line(proseOf(claim.data, state.evidence));
    };
    const prompt = ports.prompts.render('resolver', variables(state, ports, run), run);
    const reply = await ports.models
      .call(
        {
          agent: 'resolver',
          visit,
          messages: prompt.messages,
          output: { name: 'answer', schema: resolverOutput },
          onElement: { key: 'claims', handle: show },
        },
        run,
      )
      .catch((error: unknown) => {
        const { code, detail } = asFault(error);
        // What was shown was checked and stands; only a model's failure leaves the run able to go on with it.
        if (shown.length === 0 || run.signal.aborted || !code.startsWith('MODEL_')) throw error;
        return { output: { claims: shown }, model: undefined, cut: { code, detail } };
      });
    if (!reply.output)
      throw fault('MODEL_OUTPUT_INVALID', { detail: 'The resolver got no answer from its model.' });
    message.finish();
    const cut = 'cut' in reply ? reply.cut : undefined;
    const added = reply.output.claims
      .filter(isNew)
      .map((claim): Claim => ({ ...claim, supported: faultOfClaim(claim, evidence) === null }));
    const claims = [...kept, ...added];
    run.emit({
      channel: 'custom',
      name: 'progress',
      payload: {
        agent: 'resolver',
        stage: 'finished',
        text: cut ? 'The answer was cut short' : told(claims),
        prompt: prompt.version,
        ...(reply.model && { model: reply.model }),
        ...(cut && { code: cut.code }),
      },
    });
    return { draft: { messageId, claims, ...(cut && { cut }) }, visits: counted };
  };
}

const told = (claims: readonly Claim[]) =>
  claims.length > 0 ? `${claims.length} claims` : 'The evidence does not answer';

type Drafted = Pick<Claim, 'text' | 'evidence'>;

const plain = (text: string) => text.trim().replace(/[.;:]$/, '');

/** Whether a claim repeats what a known one says, or a part of it on the same evidence. */
const says = (known: Drafted, { text, evidence }: Drafted): boolean =>
  known.text === text ||
  (known.text.includes(plain(text)) && evidence.every((id) => known.evidence.includes(id)));

/** What needs no drafting: what diagnostics settled, and what the critic let stand. */
function keptClaims(state: SupportStateType): readonly Claim[] {
  const settled = settledDiagnosis(state)?.claims ?? [];
  return [...settled, ...accepted(state).filter((claim) => !settled.some((known) => says(known, claim)))];
}

/** The claims of the draft that the critic sent back without a word against them: they stand. */
function accepted(state: SupportStateType): readonly Claim[] {
  if (!state.assignment) return [];
  const faulty = new Set((state.critique?.issues ?? []).flatMap(({ claim }) => claim ?? []));
  return (state.draft?.claims ?? []).filter((_, index) => !faulty.has(index));
}

function variables(state: SupportStateType, { prompts }: AgentPorts, run: RunContext) {
  const passages = state.evidence.filter(({ kind }) => kind === 'passage');
  const showsRelevance = prompts.takes('resolver', 'passages.relevance', run);
  const sendBack = state.assignment && state.critique ? state.critique : null;
  return {
    message: questionOf(state),
    earlier: earlierTurns(state),
    passages: passages.map(({ id, title, quote, relevance = 1 }) => ({
      id,
      title,
      ...(showsRelevance && { relevance }),
      text: quote,
    })),
    observations: state.observations.map(({ id, tool, target, summary }) => ({ id, tool, target, summary })),
    causes: state.hypotheses
      .slice(0, 3)
      .map(({ cause, probability }) => ({ cause, probability: Math.round(probability * 100) })),
    unanswered: (sendBack?.issues ?? []).flatMap(({ kind, part }) =>
      kind === 'unanswered' && part ? [part] : [],
    ),
    accepted: accepted(state).map(({ text }) => text),
    rejected: rejected(sendBack?.issues ?? [], state.draft?.claims ?? []),
  };
}

const rejected = (issues: readonly Issue[], claims: readonly Claim[]) =>
  issues.flatMap(({ claim, detail }) => {
    const text = claim === undefined ? undefined : claims[claim]?.text;
    return text ? [{ text, detail }] : [];
  });
