import type { AgentName, Claim, Evidence, Message } from './contracts/index.js';
import type { RunContext } from './run-context.js';
import type { SupportStateType } from './state.js';
import { legible, shorten } from './text.js';

/** What was sent in this turn, whole: the last human entry of the transcript. */
export function messageOf(state: Pick<SupportStateType, 'messages'>): string {
  return state.messages.findLast((message) => message.type === 'human')?.content ?? '';
}

/** What is asked in this turn, as a person would read it: {@link messageOf} without what nobody reads. */
export function questionOf(state: Pick<SupportStateType, 'messages'>): string {
  return legible(messageOf(state));
}

/** What was said before the question, oldest first, each entry as `who: text`. */
export function earlierTurns(
  state: Pick<SupportStateType, 'messages'>,
  limit = 6,
): { who: string; text: string }[] {
  const last = state.messages.findLastIndex((message) => message.type === 'human');
  return state.messages
    .slice(Math.max(0, last - limit), Math.max(0, last))
    .map(({ type, content }) => ({ who: type === 'human' ? 'user' : 'support', text: legible(content) }));
}

/** The number of the next visit of an agent and the patch that counts it. */
export function visitOf(state: Pick<SupportStateType, 'visits'>, agent: AgentName) {
  const visit = state.visits[agent] ?? 0;
  return { visit, counted: { [agent]: visit + 1 } as Partial<Record<AgentName, number>> };
}

/** How a search stands among what was tried. */
export const searchNote = (text: string): string =>
  `searched the knowledge base for “${shorten(text.replaceAll(/\s+/g, ' ').trim(), 240)}”`;

/** A claim as prose with its citations: `[n]` is the n-th entry of the evidence. */
export function proseOf(claim: Pick<Claim, 'text' | 'evidence'>, evidence: readonly Evidence[]): string {
  const marks = claim.evidence.map((id) => `[${evidence.findIndex((item) => item.id === id) + 1}]`);
  return [claim.text.trim(), ...marks].join(' ');
}

/** Streams one AI message as text deltas; `finish` gives it back whole. */
export function streamMessage(run: RunContext, node: AgentName, id: string) {
  let text = '';
  let open = false;
  const emit = (data: Parameters<RunContext['emit']>[0] & { channel: 'messages' }) => run.emit(data);
  const start = () => {
    if (open) return;
    open = true;
    emit({
      channel: 'messages',
      node,
      data: { event: 'message-start', role: 'ai', id, metadata: { agent: node } },
    });
    emit({
      channel: 'messages',
      node,
      data: { event: 'content-block-start', index: 0, content: { type: 'text', text: '' } },
    });
  };
  return {
    /** Adds a line to the message. */
    line(content: string) {
      start();
      const delta = text === '' ? content : `\n${content}`;
      text += delta;
      emit({
        channel: 'messages',
        node,
        data: { event: 'content-block-delta', index: 0, delta: { type: 'text-delta', text: delta } },
      });
    },
    finish(): Message | null {
      if (!open) return null;
      emit({
        channel: 'messages',
        node,
        data: { event: 'content-block-finish', index: 0, content: { type: 'text', text } },
      });
      emit({ channel: 'messages', node, data: { event: 'message-finish', reason: 'stop' } });
      return { id, type: 'ai', content: text };
    },
  };
}
