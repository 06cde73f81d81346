import type { Segment } from '../engine/prompts/prompt-files.js';
import type { PromptDetail, PromptEntry } from '../engine/runtime.contract.js';
import type { Output } from './output.js';

/** Shows each prompt with its labels and versions, the newest first. */
export function printEntries(output: Output, entries: readonly PromptEntry[]): void {
  for (const { name, versions, labels } of entries) {
    output.print(name);
    for (const { label, version, heldBy, fileVersion, by, at } of labels) {
      const file = fileVersion === null ? 'not in the file' : `the file says ${fileVersion}`;
      const holder = heldBy === 'file' ? 'labels.json' : `moved by ${by} at ${at}; ${file}`;
      output.print(`  ${label} → ${version}  (${holder})`);
    }
    for (const { version, state, changelog } of versions.toReversed())
      output.print(`  ${version.padEnd(12)} ${state.padEnd(9)} ${changelog}`.trimEnd());
  }
}

/** Shows a version's file under a few lines about it. */
export function printDetail(output: Output, detail: PromptDetail): void {
  const { name, version, state, hash, labels, examples, partials, text } = detail;
  output.note(`${name}@${version}  ${state}${labels.length > 0 ? `, ${labels.join(', ')}` : ''}  ${hash}`);
  if (partials.length > 0) output.note(`partials: ${partials.join(', ')}`);
  if (examples > 0) output.note(`${examples} examples stand beside it`);
  output.print(text.trimEnd());
}

const MARKS = { same: ['', ''], removed: ['[-', '-]'], added: ['{+', '+}'] } as const;

interface Versioned {
  readonly name: string;
  readonly version: string;
}

/** Shows the lines that differ, words that went as `[-…-]` and words that came as `{+…+}`. */
export function printDiff(
  output: Output,
  [a, b]: readonly [Versioned, Versioned],
  segments: readonly Segment[],
): void {
  output.print(`${a.name}@${a.version} → ${b.name}@${b.version}`);
  const lines = changedLines(segments);
  for (const line of lines) output.print(line);
  if (lines.length === 0) output.print('The files are the same.');
}

function changedLines(segments: readonly Segment[]): string[] {
  const lines: { text: string; differs: boolean }[] = [{ text: '', differs: false }];
  for (const { kind, text } of segments) {
    const [open, close] = MARKS[kind];
    text.split('\n').forEach((part, index) => {
      if (index > 0) lines.push({ text: '', differs: false });
      const line = lines.at(-1);
      if (!line) return;
      line.text += part === '' ? '' : `${open}${part}${close}`;
      // A line break that came or went makes both of its lines differ.
      line.differs ||= kind !== 'same';
    });
  }
  return lines.flatMap(({ text, differs }) => (differs ? [text] : []));
}
