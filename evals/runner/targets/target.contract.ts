import { z } from 'zod';
import { DEPTHS } from '../../../agents/contracts/index.js';
import type { EvalCase } from '../case.js';
import type { Outcome } from '../outcome.contract.js';

/** What a suite's cases are put to. */
export const targetSchema = z.discriminatedUnion('kind', [
  z.strictObject({
    kind: z.literal('triage'),
    depth: z.enum(DEPTHS).default('full'),
    models: z.record(z.string(), z.string()).optional(),
    deadlineMs: z.number().int().positive().optional(),
  }),
  z.strictObject({ kind: z.literal('retrieval'), k: z.number().int().min(1).max(1_000).default(10) }),
  z.strictObject({
    kind: z.literal('http'),
    url: z.string(),
    headers: z.record(z.string(), z.string()).default({}),
    /** A template; `{{name}}` and `{{version}}` are what is compared. */
    body: z.unknown(),
    /** Path of the output in the reply; the whole reply where absent. */
    output: z.string().optional(),
    /** Path of US dollars in the reply. */
    cost: z.string().optional(),
  }),
]);
export type TargetSettings = z.infer<typeof targetSchema>;

/** `triage@1.1.0`, or null for what is in production. */
export type Version = { readonly name: string; readonly version: string } | null;

/** What is asked, in one version. */
export interface Target {
  /** All that an outcome depends on beside the case itself, as part of its key in the cache. */
  readonly fingerprint: string;
  /** Failures are outcomes with an error; it throws only where the signal aborts. */
  run(test: EvalCase, signal: AbortSignal): Promise<Outcome>;
}

export interface Targets {
  of(version: Version): Promise<Target>;
  close(): Promise<void>;
}

/** What the room around lends: evals own no clock and no socket. */
export interface World {
  /** Milliseconds from any beginning. */
  now(): number;
  post(
    url: string,
    body: string,
    headers: Readonly<Record<string, string>>,
    signal: AbortSignal,
  ): Promise<{ readonly status: number; readonly body: string }>;
}
