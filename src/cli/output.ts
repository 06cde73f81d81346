import { errorBody, type Fault } from '../../agents/contracts/index.js';
import { wantsStacks } from '../config/environment.js';
import { createProgressBar, type ProgressBar } from './progress-bar.js';

/** Where a command writes: its result on stdout, all else on stderr. */
export interface Output {
  readonly json: boolean;
  /** A line of the result for a person; silent under `--json`. */
  print(text?: string): void;
  /** The result for a machine; silent without `--json`. */
  data(value: unknown): void;
  /** A remark on stderr. */
  note(text: string): void;
  failure(error: Fault): void;
  /** A bar on stderr, drawn only where that is a terminal; `before` is what was done already. */
  progress(label: string, before?: number): ProgressBar;
}

export function createOutput({ json }: { readonly json: boolean }): Output {
  // A reader such as `head` may leave early; that is no failure of ours.
  process.stdout.on('error', (error: NodeJS.ErrnoException) => {
    if (error.code !== 'EPIPE') throw error;
  });
  const note = (text: string) => void process.stderr.write(`${printable(text)}\n`);
  return {
    json,
    print(text = '') {
      if (!json) process.stdout.write(`${printable(text)}\n`);
    },
    data(value) {
      if (json) process.stdout.write(`${JSON.stringify(value)}\n`);
    },
    note,
    failure(error) {
      if (json) process.stdout.write(`${JSON.stringify({ error: errorBody(error) })}\n`);
      note(`error ${error.code}: ${error.detail}\n  kept: ${error.kept}\n  next: ${error.next}`);
      if (wantsStacks())
        note(String(error.stack) + (error.cause instanceof Error ? `\ncause: ${error.cause.stack}` : ''));
    },
    progress: (label, before) => createProgressBar(process.stderr, label, before),
  };
}

/** Text without control characters: what a document says must not command the reader's terminal. */
export function printable(text: string): string {
  return text.replaceAll(/[^\P{Cc}\n\t]/gu, '');
}
