import { fault } from '../../../agents/contracts/index.js';
import type { RunContext } from '../../../agents/run-context.js';
import type { Meter } from '../models/usage.js';

/** A run context as the engine makes it: with the meter that its adapters read. */
export interface RunSession extends RunContext {
  readonly meter: Meter;
}

const isSession = (run: RunContext): run is RunSession => 'meter' in run;

/** The engine's side of a run context. */
export function sessionOf(run: RunContext): RunSession {
  if (!isSession(run)) throw fault('INTERNAL', { detail: 'The run context was not made by the engine.' });
  return run;
}
