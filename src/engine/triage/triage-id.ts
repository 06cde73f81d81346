const PREFIX = 'tr_';

/** A triage is a run: its id is the run's, marked, so that nothing needs to be looked up. */
export const triageIdOf = (runId: string): string => `${PREFIX}${runId}`;

/** The inverse of {@link triageIdOf}; null where the text is no triage's id. */
export const runIdOf = (triageId: string): string | null =>
  triageId.startsWith(PREFIX) ? triageId.slice(PREFIX.length) : null;
