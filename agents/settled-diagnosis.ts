import type { Claim, Observation } from './contracts/index.js';
import type { SupportStateType } from './state.js';

/** Under this name among the observations diagnostics says what it concluded; `decided by` is its reason. */
export const DIAGNOSIS = 'diagnosis';

export interface SettledDiagnosis {
  /** What was looked at: a host, or the log. */
  readonly about: string;
  /** What was seen and what it means, each citing its observation: true without a model's word. */
  readonly claims: readonly Claim[];
}

const claimOf = ({ id, summary }: Observation): Claim => ({ text: summary, evidence: [id], supported: true });

/** What diagnostics found out for certain in this turn; null where facts settled nothing. */
export function settledDiagnosis({
  observations,
  hypotheses: [leader],
}: Pick<SupportStateType, 'observations' | 'hypotheses'>): SettledDiagnosis | null {
  const conclusion = observations.findLast(({ tool }) => tool === DIAGNOSIS);
  const deciding = observations.find(({ id }) => id === leader?.decidedBy?.observation);
  if (!conclusion || !deciding || conclusion.facts.cause !== leader?.cause) return null;
  return { about: conclusion.target, claims: [deciding, conclusion].map(claimOf) };
}
