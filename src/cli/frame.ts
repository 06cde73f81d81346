import { z } from 'zod';
import type { ErrorBody } from '../../agents/contracts/index.js';
import type { CancelReceipt } from '../engine/runtime.contract.js';

const frameSchema = z.object({
  method: z.string(),
  seq: z.number().optional(),
  params: z.object({ namespace: z.array(z.string()).default([]), data: z.unknown() }),
});

/** One event of a thread, as every door of Triagent sends it. */
export type Frame = z.infer<typeof frameSchema>;

/** Null for what is no event, such as a heartbeat. */
export function readFrame(json: string): Frame | null {
  const parsed = frameSchema.safeParse(JSON.parse(json));
  return parsed.success ? parsed.data : null;
}

const lifecycleSchema = z.object({
  event: z.string(),
  run_id: z.string(),
  detail: z.custom<ErrorBody>((value) => typeof value === 'object' && value !== null).optional(),
  receipt: z.custom<CancelReceipt>((value) => typeof value === 'object' && value !== null).optional(),
});
export type Lifecycle = z.infer<typeof lifecycleSchema>;

/** The run's own lifecycle event in a frame; null for other frames and for those of its agents. */
export function lifecycleOf({ method, params }: Frame): Lifecycle | null {
  if (method !== 'lifecycle' || params.namespace.length > 0) return null;
  return lifecycleSchema.safeParse(params.data).data ?? null;
}

/** Passes on the frames of one run out of its thread's, from its first to its last lifecycle event. */
export function framesOfRun(runId: string, onFrame: (frame: string) => void, onEnd: () => void) {
  let current = false;
  return (json: string, frame: Frame): void => {
    const lifecycle = lifecycleOf(frame);
    if (lifecycle?.run_id === runId) current = true;
    if (!current) return;
    onFrame(json);
    if (lifecycle?.run_id !== runId || lifecycle.event === 'running') return;
    current = false;
    onEnd();
  };
}
