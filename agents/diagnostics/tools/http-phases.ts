import type { HttpHop } from '../../ports.js';

const PHASES = ['dns', 'connect', 'tls', 'server', 'download'] as const;

/** Milliseconds by phase; `server` is the wait for the first byte of the answer. */
export type PhaseTimes = Readonly<Record<(typeof PHASES)[number], number>>;

const NOTHING: PhaseTimes = { dns: 0, connect: 0, tls: 0, server: 0, download: 0 };

/** Where the time of one request went; the phase in which it ended gets what the others leave. */
function timesOf({ url, phases }: HttpHop): PhaseTimes {
  const { dnsMs, connectMs, tlsMs, firstByteMs, totalMs } = phases;
  const tls = url.startsWith('https:') ? tlsMs : 0;
  const known = { dns: dnsMs, connect: connectMs, tls, server: firstByteMs, download: null };
  const last = PHASES.find((phase) => known[phase] === null) ?? 'download';
  const spent = PHASES.reduce((sum, phase) => sum + (known[phase] ?? 0), 0);
  const times = Object.fromEntries(PHASES.map((phase) => [phase, known[phase] ?? 0]));
  return { ...NOTHING, ...times, [last]: Math.max(0, totalMs - spent) };
}

/** Where the time of a probe went, all its requests together. */
export const phaseTimes = (hops: readonly HttpHop[]): PhaseTimes =>
  hops.map(timesOf).reduce(
    (sum, times) => ({
      dns: sum.dns + times.dns,
      connect: sum.connect + times.connect,
      tls: sum.tls + times.tls,
      server: sum.server + times.server,
      download: sum.download + times.download,
    }),
    NOTHING,
  );
