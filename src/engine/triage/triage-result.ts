import type {
  Decision,
  ErrorBody,
  Handoff,
  Manifest,
  TriageResult,
} from '../../../agents/contracts/index.js';
import { createMeter } from '../models/usage.js';
import type { LedgerRun } from '../storage/ledger.js';
import { triageIdOf } from './triage-id.js';

/** The public state that a run left behind; absent parts were never reached. */
export type EndState = Partial<
  Pick<
    TriageResult,
    'decision' | 'answer' | 'evidence' | 'hypotheses' | 'observations' | 'critique' | 'handoff'
  >
>;

/** Of a run that ended before anything was settled for it. */
const NO_MANIFEST: Manifest = {
  hash: '',
  prompts: {},
  models: {},
  graph: '',
  tools: {},
  knowledge: '',
};

/** What a ticket came to, from its ended run. Pure: the same run gives the same bytes. */
export function resultOf(
  run: LedgerRun & { readonly outcome: TriageResult['status']; readonly endedAt: number },
  state: EndState,
): TriageResult {
  const { decision = null, answer = null, critique = null, handoff = null } = state;
  return {
    id: triageIdOf(run.runId),
    ticketId: run.request.ticket?.id ?? '',
    status: run.outcome,
    threadId: run.threadId,
    decision: decision && withOutcome(decision, handoff),
    answer,
    evidence: state.evidence ?? [],
    hypotheses: state.hypotheses ?? [],
    observations: state.observations ?? [],
    critique,
    handoff,
    ...(run.error && { error: errorOf(run.error) }),
    manifest: run.manifest ?? NO_MANIFEST,
    usage: run.usage ?? createMeter().total(),
    timing: {
      queuedMs: (run.startedAt ?? run.endedAt) - run.acceptedAt,
      totalMs: run.endedAt - run.acceptedAt,
    },
  };
}

/** Triage decides before anybody has tried to answer; a handoff makes the ticket a person's after all. */
function withOutcome(decision: Decision, handoff: Handoff | null): Decision {
  if (!handoff) return decision;
  return { ...decision, needsHuman: true, reasons: [...decision.reasons, handoff.reason] };
}

/** The ticket is on disk whatever became of its run. */
function errorOf({ type, code, title, detail, next, retryable }: ErrorBody): TriageResult['error'] {
  return { type, code, title, detail, kept: 'The ticket and its thread are kept.', next, retryable };
}
