import type { Command } from 'commander';
import type { Output } from './output.js';

/** Exit codes of contract §1. */
export const EXIT = { done: 0, finding: 1, usage: 2, failed: 3 } as const;
export type ExitCode = (typeof EXIT)[keyof typeof EXIT];

/** One subcommand: its words, and what it does with them. */
export interface CommandModule {
  /** Adds arguments and options; the common ones are there already. */
  define(command: Command): Command;
  /** Options come unchecked from the command line; each command has its schema. */
  run(args: readonly string[], options: unknown, output: Output): Promise<ExitCode>;
}
