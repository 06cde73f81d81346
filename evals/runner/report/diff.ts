import { escaped } from './markup.js';

/** Lines beyond which a diff would take more memory than it tells. */
const MAX_LINES = 2_000;

type Change = readonly ['same' | 'gone' | 'new', string];

/** The shortest way from one list of lines to the other, by their longest common subsequence. */
function changes(before: readonly string[], after: readonly string[]): Change[] {
  const width = after.length + 1;
  const common = new Uint16Array((before.length + 1) * width);
  const at = (i: number, j: number) => common[i * width + j] ?? 0;
  for (let i = before.length - 1; i >= 0; i -= 1)
    for (let j = after.length - 1; j >= 0; j -= 1)
      common[i * width + j] =
        before[i] === after[j] ? at(i + 1, j + 1) + 1 : Math.max(at(i + 1, j), at(i, j + 1));
  const found: Change[] = [];
  let [i, j] = [0, 0];
  while (i < before.length || j < after.length) {
    if (i < before.length && before[i] === after[j]) {
      found.push(['same', before[i] ?? '']);
      i += 1;
      j += 1;
    } else if (j >= after.length || (i < before.length && at(i + 1, j) >= at(i, j + 1))) {
      found.push(['gone', before[i] ?? '']);
      i += 1;
    } else {
      found.push(['new', after[j] ?? '']);
      j += 1;
    }
  }
  return found;
}

const MARKS = { same: ['', ' '], gone: ['del', '−'], new: ['ins', '+'] } as const;

/** Two texts as one, with what is gone and what is new marked line by line. */
export function diffMarkup(before: string, after: string): string {
  const found = changes(before.split('\n').slice(0, MAX_LINES), after.split('\n').slice(0, MAX_LINES));
  const lines = found.map(([kind, line]) => {
    const [tag, mark] = MARKS[kind];
    const text = `${mark} ${escaped(line)}`;
    return tag ? `<${tag}>${text}</${tag}>` : text;
  });
  return `<pre class="diff">${lines.join('\n')}</pre>`;
}
