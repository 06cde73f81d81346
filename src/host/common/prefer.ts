/** A request is not held longer than this; the work goes on and can be asked for. */
export const LONGEST_WAIT_SECONDS = 60;

/**
 * Seconds that a client would wait for its result: `wait` of the header `Prefer` (RFC 7240), at most
 * {@link LONGEST_WAIT_SECONDS}. Null where it would not, and where the preference is malformed: those are ignored.
 */
export function readWait(header: string | undefined): number | null {
  const [, seconds] =
    /(?:^|[,;])[ \t]*wait[ \t]*=[ \t]*"?(\d{1,9})"?[ \t]*(?=[,;]|$)/i.exec(header ?? '') ?? [];
  return seconds === undefined ? null : Math.min(Number(seconds), LONGEST_WAIT_SECONDS);
}
