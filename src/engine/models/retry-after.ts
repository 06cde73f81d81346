/** What a rate-limited reply may say about its end. Names are lower case, as Node and fetch give them. */
export type HeaderLookup = (name: string) => string | null | undefined;

/**
 * Seconds to wait as `Retry-After` says (RFC 9110 §10.2.3: seconds or a date), or OpenAI's finer `retry-after-ms`.
 * Anything that is neither, and what is negative, says nothing.
 */
export function retryAfterSeconds(header: HeaderLookup, now: number): number | undefined {
  const milliseconds = plainNumber(header('retry-after-ms'));
  if (milliseconds !== undefined) return milliseconds / 1_000;
  const text = header('retry-after')?.trim() ?? '';
  const seconds = plainNumber(text);
  if (seconds !== undefined) return seconds;
  // A date names its day first; `Date.parse` alone would read "-5" or "2" as a year.
  const date = /^[A-Z][a-z]{2,8},? /.test(text) ? Date.parse(text) : Number.NaN;
  return Number.isNaN(date) ? undefined : Math.max(0, (date - now) / 1_000);
}

const plainNumber = (text: string | null | undefined): number | undefined =>
  text && /^\d{1,9}(\.\d+)?$/.test(text.trim()) ? Number(text) : undefined;
