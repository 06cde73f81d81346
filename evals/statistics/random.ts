// Looked up once: in a test's sandbox a global costs more than the arithmetic.
const { imul } = Math;

/**
 * Deterministic pseudo-random numbers in [0, 1) by mulberry32: small, fast and the same everywhere, so that what is drawn
 * repeats to the digit.
 */
export function randomFrom(seed: number) {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296;
  };
}
