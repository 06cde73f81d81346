/** Control, format, private and unassigned characters, line and paragraph separators, variation selectors. */
const UNSEEN = /[\p{C}\p{Zl}\p{Zp}\p{Variation_Selector}]+/gu;

/** Text of a stranger's server as one printable line of at most `limit` characters: no escapes, no hidden text. */
export function plainLine(text: string, limit = 500): string {
  const line = text
    .slice(0, limit * 4)
    .replace(UNSEEN, ' ')
    .replace(/ {2,}/g, ' ')
    .trim();
  return line.length > limit ? `${line.slice(0, limit - 1)}…` : line;
}
