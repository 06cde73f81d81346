/** A piece of one text, of the other, or of both. */
export interface Segment {
  readonly kind: 'same' | 'removed' | 'added';
  readonly text: string;
}

/** Tags of a template, words, runs of blanks, and single line breaks and other characters. */
const TOKEN = /\{\{[^{}]*\}\}|\w+|[^\S\n]+|\n|[^\w\s]/gu;
/** Beyond this many comparisons the differing middle is shown as a whole. */
const MOST_COMPARISONS = 16_000_000;

/**
 * What differs between two texts, word by word: a longest common subsequence (Hunt & McIlroy 1976, by dynamic programming)
 * of what lies between their common beginning and end.
 */
export function diffTexts(before: string, after: string): readonly Segment[] {
  const a = before.match(TOKEN) ?? [];
  const b = after.match(TOKEN) ?? [];
  let head = 0;
  while (head < Math.min(a.length, b.length) && a[head] === b[head]) head += 1;
  let tail = 0;
  while (tail < Math.min(a.length, b.length) - head && a.at(-1 - tail) === b.at(-1 - tail)) tail += 1;
  const middle = diffTokens(a.slice(head, a.length - tail), b.slice(head, b.length - tail));
  return joined([
    { kind: 'same', text: a.slice(0, head).join('') },
    ...middle,
    { kind: 'same', text: a.slice(a.length - tail).join('') },
  ]);
}

function diffTokens(a: readonly string[], b: readonly string[]): Segment[] {
  if (a.length * b.length > MOST_COMPARISONS)
    return [
      { kind: 'removed', text: a.join('') },
      { kind: 'added', text: b.join('') },
    ];
  const width = b.length + 1;
  /** Length of the longest common subsequence of what follows both places. */
  const common = new Uint16Array((a.length + 1) * width);
  const at = (i: number, j: number) => common[i * width + j] ?? 0;
  for (let i = a.length - 1; i >= 0; i -= 1)
    for (let j = b.length - 1; j >= 0; j -= 1)
      common[i * width + j] = a[i] === b[j] ? at(i + 1, j + 1) + 1 : Math.max(at(i + 1, j), at(i, j + 1));
  const segments: Segment[] = [];
  for (let i = 0, j = 0; i < a.length || j < b.length; ) {
    const [removed = '', added = ''] = [a[i], b[j]];
    if (i < a.length && j < b.length && removed === added) {
      segments.push({ kind: 'same', text: removed });
      i += 1;
      j += 1;
    } else if (i < a.length && (j === b.length || at(i + 1, j) >= at(i, j + 1))) {
      segments.push({ kind: 'removed', text: removed });
      i += 1;
    } else {
      segments.push({ kind: 'added', text: added });
      j += 1;
    }
  }
  return segments;
}

function joined(segments: readonly Segment[]): readonly Segment[] {
  const out: Segment[] = [];
  for (const { kind, text } of segments) {
    const last = out.at(-1);
    if (text === '') continue;
    if (last?.kind === kind) out[out.length - 1] = { kind, text: last.text + text };
    else out.push({ kind, text });
  }
  return out;
}
