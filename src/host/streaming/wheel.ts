/** Something that wants to be called again and again until it is taken off the wheel. */
type Beat = () => void;

/** One timer for every connection of the host: a socket more costs a set entry, not a timer. */
export interface Wheel {
  /** Calls `beat` every `seconds` (whole seconds, first after that time). Returns the way off the wheel. */
  every(seconds: number, beat: Beat): () => void;
  stop(): void;
}

const TICK_MS = 1_000;

/** The host's only timer. Beats of one period are spread over its seconds by the moment at which they were added. */
export function createWheel(): Wheel {
  const rings = new Map<number, readonly Set<Beat>[]>();
  let now = 0;

  const ringOf = (seconds: number): readonly Set<Beat>[] => {
    const known = rings.get(seconds);
    if (known) return known;
    const ring = Array.from({ length: seconds }, () => new Set<Beat>());
    rings.set(seconds, ring);
    return ring;
  };

  const timer = setInterval(() => {
    now += 1;
    for (const [seconds, ring] of rings) {
      for (const beat of [...(ring[now % seconds] ?? [])]) beat();
    }
  }, TICK_MS);
  timer.unref();

  return {
    every(seconds, beat) {
      const slot = ringOf(seconds)[now % seconds];
      slot?.add(beat);
      return () => slot?.delete(beat);
    },
    stop: () => clearInterval(timer),
  };
}
