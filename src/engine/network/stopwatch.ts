/** Starts now; each call tells the whole milliseconds since. */
export function stopwatch(): () => number {
  const started = performance.now();
  return () => Math.round(performance.now() - started);
}
