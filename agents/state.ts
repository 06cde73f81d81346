import { Annotation } from '@langchain/langgraph';
import type {
  AgentName,
  Answer,
  Claim,
  Critique,
  Decision,
  ErrorBody,
  Evidence,
  Handoff,
  Hypothesis,
  Message,
  Observation,
  Ticket,
} from './contracts/index.js';

/** A draft between resolver and critic. */
export interface Draft {
  /** The id of the message under which its claims were streamed. */
  readonly messageId: string;
  readonly claims: readonly Claim[];
  /** What ended it early, where its model failed after the first claims had been shown. */
  readonly cut?: Pick<ErrorBody, 'code' | 'detail'>;
}

/** Why the critic sends the work back, for the agent that gets it. */
export interface Assignment {
  readonly to: AgentName;
  /** For the retriever: what to search for. For diagnostics: which hosts are in doubt. */
  readonly queries: readonly string[];
  readonly reasons: readonly string[];
}

const latest = <T>(empty: T) => Annotation<T>({ reducer: (_, next) => next, default: () => empty });

const appendById = <T extends { id: string }>(known: readonly T[], added: readonly T[]): T[] => {
  const ids = new Set(known.map((item) => item.id));
  return [...known, ...added.filter((item) => !ids.has(item.id))];
};

const collection = <T extends { id: string }>() =>
  Annotation<T[], readonly T[]>({ reducer: appendById, default: () => [] });

/**
 * The durable state of one turn: only what a later step needs after a crash. Passages stand here as short quotes with
 * ids and spans; documents stay in the store. Options, limits and clients travel in the run context.
 */
export const SupportState = Annotation.Root({
  /** The end of the transcript: what the thread's earlier turns said and what is asked now. */
  messages: collection<Message>(),
  /** Set where the thread is a ticket. */
  ticket: latest<Ticket | null>(null),
  /** Text beside the question; evidence, never a source of targets. */
  attachments: latest<readonly { name: string; mediaType: string; text: string }[]>([]),
  decision: latest<Decision | null>(null),
  /** Grows only, so that `[n]` in a streamed claim keeps its meaning. */
  evidence: collection<Evidence>(),
  observations: collection<Observation>(),
  hypotheses: latest<readonly Hypothesis[]>([]),
  draft: latest<Draft | null>(null),
  critique: latest<Critique | null>(null),
  assignment: latest<Assignment | null>(null),
  answer: latest<Answer | null>(null),
  handoff: latest<Handoff | null>(null),
  /** What was searched and looked at, for the handoff packet and against asking the same twice. */
  tried: Annotation<string[], readonly string[]>({
    reducer: (known, added) => [...new Set([...known, ...added])],
    default: () => [],
  }),
  /** Visits by agent: part of the journal's keys, so a resumed node finds its recorded exchanges. */
  visits: Annotation<Partial<Record<AgentName, number>>, Partial<Record<AgentName, number>>>({
    reducer: (known, added) => ({ ...known, ...added }),
    default: () => ({}),
  }),
});

export type SupportStateType = typeof SupportState.State;
export type SupportPatch = typeof SupportState.Update;
