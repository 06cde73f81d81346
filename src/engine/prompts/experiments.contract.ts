import type { Principal } from '../../../agents/contracts/index.js';

/** A version and its share of the threads, in percent. What the arms leave goes on with `production`. */
export interface ExperimentArm {
  readonly version: string;
  readonly percent: number;
}

/** Released versions of a prompt that share the threads of a tenant. */
export interface Experiment {
  readonly id: string;
  readonly name: string;
  readonly arms: readonly ExperimentArm[];
  readonly status: 'running' | 'stopped';
  readonly startedBy: string;
  readonly startedAt: string;
  readonly stoppedBy: string | null;
  readonly stoppedAt: string | null;
}

/** How the runs of one version did while the experiment ran. */
export interface ExperimentResult {
  readonly version: string;
  readonly runs: number;
  readonly completed: number;
  readonly handedOff: number;
  readonly failed: number;
  /** Means over the runs; null where there is none. */
  readonly costUsd: number | null;
  readonly totalMs: number | null;
  /** Fields of results that people judged, and how many of them were right. */
  readonly judged: number;
  readonly right: number;
}

/** Experiments of the principal's tenant. A foreign or unknown id is `EXPERIMENT_NOT_FOUND`. */
export interface Experiments {
  /**
   * Begins one. A thread stays with the version that it drew; a run that names a version takes no part.
   * @throws `PROMPT_NOT_FOUND`, `VALIDATION_FAILED`, `CONFLICT` where one of this prompt is running
   */
  start(
    experiment: { name: string; arms: readonly ExperimentArm[] },
    principal: Principal,
  ): Promise<Experiment>;
  /** Newest first. */
  list(principal: Principal): Promise<readonly Experiment[]>;
  get(
    id: string,
    principal: Principal,
  ): Promise<Experiment & { readonly results: readonly ExperimentResult[] }>;
  /** Ends it: the next runs take `production` again. A second call gives the same answer. */
  stop(id: string, principal: Principal): Promise<Experiment>;
}
