/** What one assertion looks at, its value rendered already. */
export interface CheckInput {
  readonly text: string;
  readonly value: unknown;
  readonly threshold: number | undefined;
  /** Only for checks whose negation is more than the opposite. */
  readonly inverse: boolean;
  readonly steps: readonly { readonly tool: string; readonly args?: unknown }[] | undefined;
  readonly costUsd: number;
  readonly latencyMs: number;
}

export interface Checked {
  /** Before `not-` turns it round. */
  readonly holds: boolean;
  /** 0 to 1, where the check knows more than yes and no. */
  readonly score?: number;
  readonly reason: string;
  /** The check settled the negation itself, or fails either way. */
  readonly final?: true;
}

export type Check = (input: CheckInput) => Checked;

/** The value as text. @throws Error that names what was expected */
export function textValue(value: unknown, allowed: 'text' | 'text or number' = 'text'): string {
  if (typeof value === 'string' && value !== '') return value;
  if (allowed === 'text or number' && typeof value === 'number' && !Number.isNaN(value)) return String(value);
  throw new Error(`the assertion needs a ${allowed} as its value`);
}

/** @throws Error where there is none */
export function thresholdOf({ threshold }: CheckInput): number {
  if (threshold === undefined) throw new Error('the assertion needs a threshold');
  return threshold;
}
