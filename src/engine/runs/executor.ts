import { fault } from '../../../agents/contracts/index.js';
import type { CancelReceipt } from '../runtime.contract.js';
import type { LedgerRun } from '../storage/ledger.js';
import { Turn, type TurnOptions, type Work } from './turn.js';

/** A run in progress, as the scheduler holds it. */
export interface ActiveRun {
  readonly run: LedgerRun;
  readonly ended: Promise<void>;
  /** Stops the run; resolves with the receipt once the end is on disk. */
  cancel(): Promise<CancelReceipt>;
  /** Leaves the run as it is, to be resumed at the next start. */
  abandon(): void;
}

/** Runs the graph for one accepted run, from its input or from its last checkpoint, and closes it. */
export function createExecutor(options: TurnOptions) {
  return function execute(run: LedgerRun): ActiveRun {
    const abort = new AbortController();
    const work: Work = { receipt: null, journal: null, agents: new Set(), abandoned: false };
    const ended = new Turn(options, run, abort, work).take();
    return {
      run,
      ended,
      async cancel() {
        work.receipt ??= {
          id: run.runId,
          status: 'cancelled',
          stopped: [...work.agents, ...(work.journal?.pending ?? [])],
          effects: [...(work.journal?.performed ?? [])],
        };
        abort.abort(fault('RUN_CANCELLED'));
        await ended;
        return work.receipt;
      },
      abandon() {
        work.abandoned = true;
        abort.abort(fault('DRAINING'));
      },
    };
  };
}

export type Executor = ReturnType<typeof createExecutor>;
