import type { AgentEvent } from '../contracts/index.js';
import type { EffectKey, Effects, RunContext, TrustedTargets } from '../run-context.js';

/** A journal in memory: asks once for each key, as the engine's does. */
export function memoryEffects(): Effects & { readonly keys: readonly EffectKey[] } {
  const outcomes = new Map<string, Promise<unknown>>();
  const keys: EffectKey[] = [];
  return {
    keys,
    async once<T>(key: EffectKey, perform: () => Promise<T>): Promise<T> {
      const id = JSON.stringify([key.kind, key.agent, key.visit, key.request]);
      const known = outcomes.get(id);
      if (known) return known as Promise<T>;
      keys.push(key);
      const outcome = perform();
      outcomes.set(id, outcome);
      return outcome;
    },
  };
}

export const targetsOf = (...list: string[]): TrustedTargets => ({
  list,
  has: (host) => list.includes(host),
});

export interface TestRun extends RunContext {
  /** What was emitted, in order. */
  readonly events: readonly AgentEvent[];
}

/** A run in memory without a deadline and with generous limits; `overrides` replace any part of it. */
export function testRun(overrides: Partial<RunContext> = {}): TestRun {
  const events: AgentEvent[] = [];
  const version = '1.0.0';
  return {
    runId: 'run-test',
    threadId: 'thread-test',
    attempt: 1,
    principal: { id: 'tester', tenant: 'default', groups: [], role: 'user' },
    options: {},
    limits: { revisions: 2, modelCalls: 40, toolCalls: 20, deadline: Number.MAX_SAFE_INTEGER },
    prompts: {
      triage: version,
      retriever: version,
      diagnostics: version,
      resolver: version,
      critic: version,
    },
    targets: targetsOf(),
    effects: memoryEffects(),
    signal: new AbortController().signal,
    emit: (event) => events.push(event),
    ...overrides,
    events,
  };
}
