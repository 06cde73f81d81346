import type { AgentEvent, AgentName, Principal, RunOptions } from './contracts/index.js';

export interface RunLimits {
  readonly revisions: number;
  readonly modelCalls: number;
  readonly toolCalls: number;
  /** Absolute end of the run on {@link Clock.now}'s scale. */
  readonly deadline: number;
}

/** Names the place of a recorded exchange in a run; the same place asks the same question again after a crash. */
export interface EffectKey {
  readonly kind: 'model' | 'tool';
  readonly agent: AgentName;
  readonly visit: number;
  /** What is asked, as canonical JSON or text; hashed into the key. */
  readonly request: string;
}

/**
 * The run's journal. `once` returns the recorded outcome of this key, or performs the effect and records it. A tool's
 * intent is on disk before `perform` is called; a failure is recorded and thrown again like an outcome.
 */
export interface Effects {
  once<T>(key: EffectKey, perform: () => Promise<T>): Promise<T>;
}

/** Hosts that the principal named, the only ones a tool may look at beyond the operator's estate. */
export interface TrustedTargets {
  has(host: string): boolean;
  readonly list: readonly string[];
}

/** What belongs to one run and is gone with it: never part of the durable state. */
export interface RunContext {
  readonly runId: string;
  readonly threadId: string;
  /** How often this run was begun, from 1: a resumed draft streams under a new message id. */
  readonly attempt: number;
  readonly principal: Principal;
  readonly options: RunOptions;
  readonly limits: RunLimits;
  /** Prompt version by agent, resolved once at the start. */
  readonly prompts: Readonly<Record<AgentName, string>>;
  readonly targets: TrustedTargets;
  readonly effects: Effects;
  readonly signal: AbortSignal;
  emit(event: AgentEvent): void;
}
