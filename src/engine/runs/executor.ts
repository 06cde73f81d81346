import { fault } from '../../../agents/contracts/index.js';
import type { LedgerRun } from '../storage/ledger.js';
import { Turn, type TurnOptions, type Work } from './turn.js';

/** A store that does not answer is asked again at this pace: the run was accepted. */
const RETRY_MS = 1_000;

/** An accepted run on its way to its turn. */
export interface QueuedRun {
  readonly runId: string;
  readonly tenant: string;
  readonly threadId: string;
  /** Absent where the ledger alone holds the request: of thousands that wait, memory holds the names. */
  readonly run?: LedgerRun;
  /** True for work that nobody sits and waits for, such as a batch: it leaves every other turn to what is asked now. */
  readonly patient?: boolean;
}

/** A run in progress, as the scheduler holds it. */
export interface ActiveRun {
  readonly runId: string;
  readonly ended: Promise<void>;
  /** Stops the run; resolves once the end is on disk. */
  cancel(): Promise<void>;
  /** Leaves the run as it is, to be resumed at the next start. */
  abandon(): void;
}

export interface ExecutorOptions extends TurnOptions {
  readonly load: (queued: QueuedRun) => Promise<LedgerRun | null>;
}

/** Runs the graph for one accepted run, from its input or from its last checkpoint, and closes it. */
export function createExecutor(options: ExecutorOptions) {
  return function execute(queued: QueuedRun): ActiveRun {
    const { runId } = queued;
    const abort = new AbortController();
    const work: Work = { receipt: null, journal: null, agents: new Set(), abandoned: false };

    const loaded = async (): Promise<LedgerRun | null> => {
      for (;;) {
        try {
          return queued.run ?? (await options.load(queued));
        } catch (error) {
          options.warn(`run ${runId} could not be read yet`, error);
          await new Promise((resolve) => setTimeout(resolve, RETRY_MS));
          if (work.abandoned) return null;
        }
      }
    };
    const take = async () => {
      const run = await loaded();
      // Where there is none, its thread was deleted while it waited.
      if (run && !work.abandoned) await new Turn(options, run, abort, work).take();
    };

    const ended = take();
    return {
      runId,
      ended,
      async cancel() {
        work.receipt ??= {
          id: runId,
          status: 'cancelled',
          stopped: [...work.agents, ...(work.journal?.pending ?? [])],
          effects: [...(work.journal?.performed ?? [])],
        };
        abort.abort(fault('RUN_CANCELLED'));
        await ended;
      },
      abandon() {
        work.abandoned = true;
        abort.abort(fault('DRAINING'));
      },
    };
  };
}

export type Executor = ReturnType<typeof createExecutor>;
