/** Milliseconds from which a person calls a phase slow. */
const SLOW_MS = 1_000;

/** The phase that took longest, where that was a second or more; else `none`. */
export function slowestPhase(phases: Readonly<Record<string, number>>): string {
  const [slowest] = Object.entries(phases).sort(([, one], [, other]) => other - one);
  return slowest && slowest[1] >= SLOW_MS ? slowest[0] : 'none';
}

/** `1.2 s`, `340 ms`. */
export const duration = (ms: number): string =>
  ms < 1_000 ? `${Math.round(ms)} ms` : `${(ms / 1_000).toFixed(1)} s`;

/** `dns ms: 12` and so on, as facts. */
export const timingFacts = (phases: Readonly<Record<string, number>>): Record<string, string> =>
  Object.fromEntries(Object.entries(phases).map(([phase, ms]) => [`${phase} ms`, String(Math.round(ms))]));
