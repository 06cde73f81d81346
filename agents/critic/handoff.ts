import type { Handoff, Message } from '../contracts/index.js';
import type { RunContext } from '../run-context.js';
import type { SupportPatch, SupportStateType } from '../state.js';
import { shorten } from '../text.js';
import { proseOf, questionOf, streamMessage } from '../transcript.js';
import { nextQuestions } from './next-questions.js';

/** Hands what stays open to a person, with everything that is known, and says so in the thread. */
export function createHandoff() {
  return async (state: SupportStateType, run: RunContext): Promise<SupportPatch> => {
    const handoff = packetOf(state);
    return { handoff, messages: [announce(state, handoff, run)] };
  };
}

/** Builds the handoff packet from the state of the turn. Pure. */
export function packetOf(state: SupportStateType): Handoff {
  const issues = state.critique?.issues ?? [];
  const open = issues.flatMap(({ kind, part }) => (kind === 'unanswered' && part ? [part] : []));
  const refuted = state.hypotheses.filter(
    ({ refutedBy, probability }) => refutedBy.length > 0 && probability < 0.1,
  );
  const claims = state.answer?.claims ?? [];
  return {
    code: state.draft?.cut?.code ?? 'EVIDENCE_INSUFFICIENT',
    reason: reasonOf(state, open),
    asked: open.length > 0 ? open : [questionOf(state)],
    found: [
      ...claims.map(({ text, evidence }) => ({ text, evidence })),
      ...state.observations
        .filter(({ id }) => !claims.some(({ evidence }) => evidence.includes(id)))
        .map(({ id, summary }) => ({ text: summary, evidence: [id] })),
      ...(claims.length === 0
        ? state.evidence
            .filter(({ kind }) => kind === 'passage')
            .slice(0, 3)
            .map(({ id, title, quote }) => ({
              text: `${title}: ${shorten(quote.replaceAll(/\s+/g, ' '), 160)}`,
              evidence: [id],
            }))
        : []),
    ],
    tried: [...state.tried],
    ruledOut: refuted.map(({ cause }) => cause),
    nextQuestions: nextQuestions(state),
  };
}

function reasonOf(state: SupportStateType, open: readonly string[]): string {
  if (state.draft?.cut) return `The answer was cut short: ${state.draft.cut.detail}`;
  if (state.answer)
    return `Part of the question stays open: ${open.map((part) => `“${shorten(part, 120)}”`).join('; ')}.`;
  const foreign = state.critique?.issues.find(({ kind }) => kind === 'wrong-product');
  if (foreign) return `What was found does not fit: ${foreign.detail}.`;
  if (state.evidence.length === 0) return 'Nothing in the knowledge base is about this.';
  return 'What was found does not answer the question.';
}

function announce(state: SupportStateType, handoff: Handoff, run: RunContext): Message {
  const lines = (state.answer?.claims ?? []).map((claim) => proseOf(claim, state.evidence));
  const closing =
    lines.length > 0
      ? `I could not find a reliable answer to the rest: ${handoff.asked.map((part) => `“${shorten(part, 160)}”`).join('; ')}. A person takes over with what was found.`
      : 'I found nothing that answers this reliably, so a person takes over. They see your message and everything that was tried.';
  const id = `msg_${run.runId}_handoff_${run.attempt}`;
  const message = streamMessage(run, 'critic', id);
  for (const line of [...lines, closing]) message.line(line);
  return message.finish() ?? { id, type: 'ai', content: closing };
}
