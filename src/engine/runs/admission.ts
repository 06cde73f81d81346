import { createHash } from 'node:crypto';
import { errorBody, fault, type Principal, type RunRequest } from '../../../agents/contracts/index.js';
import { createMeter } from '../models/usage.js';
import type { CancelReceipt, RunHandle, RunRecord, Runs, StartRun } from '../runtime.contract.js';
import type { Database, Statement } from '../storage/database.js';
import { type Ledger, type LedgerRun, ledgerStatements, recordOf } from '../storage/ledger.js';
import { closeJournal } from './effects.js';
import type { EventLog } from './event-log.js';
import type { Settle } from './manifest.js';
import { newId } from './new-id.js';
import type { Scheduler } from './scheduler.js';
import { LINE_SQL, type Transcript } from './transcript-store.js';

/** A run that ended its process this often without getting any further is set aside. */
const MAX_STALLED = 5;

const THREAD_ID = /^[\w.:-]{1,128}$/;

/** Admission: a run is on disk before it is acknowledged, and then it is always brought to an end. */
export function createRuns(options: {
  database: Database;
  ledger: Ledger;
  log: EventLog;
  transcript: Transcript;
  scheduler: Scheduler;
  graphVersion: string;
  settle: Settle;
  /** Refuses options that name what does not exist: prompt versions, models. */
  checkRequest: (request: RunRequest, principal: Principal) => void;
  checkpointCleanup: (runId: string) => readonly Statement[];
  now: () => number;
}) {
  const { database, ledger, log, transcript, scheduler, now } = options;
  let draining = false;

  const owned = async (runId: string, principal: Principal): Promise<LedgerRun> => {
    const run = await ledger.byId(runId, principal.tenant);
    if (!run) throw fault('RUN_NOT_FOUND');
    return run;
  };

  const refuseWhileDraining = () => {
    if (draining) throw fault('DRAINING', { retryAfterSeconds: 5 });
  };

  const accept = async (start: StartRun, principal: Principal): Promise<RunHandle> => {
    refuseWhileDraining();
    const isNew = start.threadId === undefined;
    const threadId = start.threadId ?? newId(now());
    if (!THREAD_ID.test(threadId))
      throw fault('INVALID_ARGUMENT', { detail: 'A thread id has 1 to 128 letters, digits, or . : _ -' });
    options.checkRequest(start.request, principal);
    const bodyHash = start.idempotencyKey
      ? createHash('sha256')
          .update(JSON.stringify([start.threadId ?? null, start.request]))
          .digest('hex')
      : null;
    if (!scheduler.hasRoom(principal.tenant)) {
      const known = await earlier(start, bodyHash, principal);
      if (known) return known;
      if (!start.patience) throw fault('OVERLOADED', { retryAfterSeconds: 5 });
      await scheduler.room(principal.tenant, start.patience);
      refuseWhileDraining();
    }
    const key = { tenant: principal.tenant, threadId };
    const at = now();
    const runId = newId(at);
    const { ok, rows } = await database.commit([
      ...ledgerStatements.accept({
        runId,
        tenant: principal.tenant,
        threadId,
        principal,
        request: start.request,
        idempotencyKey: start.idempotencyKey ?? null,
        bodyHash,
        graph: options.graphVersion,
        at,
      }),
      // Of a thread that this run makes there is nothing to learn.
      ...(isNew ? [] : [{ sql: LINE_SQL, params: [principal.tenant, threadId] }]),
    ]);
    if (!ok) {
      const known = await earlier(start, bodyHash, principal);
      if (!known) throw fault('IDEMPOTENCY_IN_FLIGHT', { retryAfterSeconds: 1 });
      return known;
    }
    // What waits long is read again when its turn comes; what begins now needs no read.
    const stands = isNew ? {} : (rows.at(2)?.[0] ?? {});
    if (!isNew || scheduler.counts().queued === 0) {
      transcript.prime(key, stands);
      log.prime(key, Number(stands.last_seq ?? 0));
    }
    const seq = isNew ? 0 : await log.lastSeq(key);
    const run: LedgerRun = {
      number: 0,
      runId,
      tenant: principal.tenant,
      threadId,
      status: 'pending',
      outcome: null,
      principal,
      request: start.request,
      graph: options.graphVersion,
      attempts: 0,
      stalled: 0,
      bodyHash,
      manifest: null,
      usage: null,
      error: null,
      receipt: null,
      acceptedAt: at,
      startedAt: null,
      endedAt: null,
    };
    scheduler.submit({
      runId,
      tenant: principal.tenant,
      threadId,
      run,
      patient: start.patience !== undefined,
    });
    return { runId, threadId, seq, replayed: false };
  };

  /** The run that this key has begun before, if it has. */
  const earlier = async (
    start: StartRun,
    bodyHash: string | null,
    principal: Principal,
  ): Promise<RunHandle | null> => {
    const known = start.idempotencyKey ? await ledger.byKey(start.idempotencyKey, principal.tenant) : null;
    if (!known) return null;
    if (known.bodyHash !== bodyHash) throw fault('IDEMPOTENCY_MISMATCH');
    const seq = await log.lastSeq({ tenant: principal.tenant, threadId: known.threadId });
    return { runId: known.runId, threadId: known.threadId, seq, replayed: true };
  };

  const join = async (runId: string, principal: Principal, signal?: AbortSignal): Promise<RunRecord> => {
    const run = await owned(runId, principal);
    if (run.endedAt !== null) return recordOf(run);
    const settled = scheduler.settled(runId, run.tenant, run.threadId);
    if (!signal) await settled;
    else {
      signal.throwIfAborted();
      const { promise, reject } = Promise.withResolvers<never>();
      const stop = () => reject(signal.reason);
      signal.addEventListener('abort', stop, { once: true });
      try {
        await Promise.race([settled, promise]);
      } finally {
        signal.removeEventListener('abort', stop);
      }
    }
    return recordOf(await owned(runId, principal));
  };

  const cancel = async (runId: string, principal: Principal): Promise<CancelReceipt> => {
    const run = await owned(runId, principal);
    if (run.receipt) return run.receipt;
    if (run.endedAt !== null) return { id: runId, status: run.status, stopped: [], effects: [] };
    const here = scheduler.find(runId, run.tenant, run.threadId);
    if (here?.active) await here.active.cancel();
    if (here?.waiting && scheduler.withdraw(here.waiting)) await close(run, 'cancelled');
    const again = await owned(runId, principal);
    return again.receipt ?? { id: runId, status: again.status, stopped: [], effects: [] };
  };

  /** Ends a run that never began, or that no longer may. */
  const close = async (run: LedgerRun, why: 'cancelled' | 'poisoned' | 'graph'): Promise<void> => {
    const receipt: CancelReceipt = { id: run.runId, status: 'cancelled', stopped: [], effects: [] };
    const cancelled = why === 'cancelled';
    const error = errorBody(
      cancelled
        ? fault('RUN_CANCELLED')
        : why === 'poisoned'
          ? fault('RUN_POISONED')
          : fault('GRAPH_VERSION_MISMATCH'),
    );
    // What it would have worked with may be gone; its end is written all the same.
    const settled = await options.settle(run).catch(() => null);
    const writer = await log.writer({ tenant: run.tenant, threadId: run.threadId }, run.runId);
    const ending = ledgerStatements.end(run.runId, {
      status: cancelled ? 'interrupted' : 'error',
      outcome: cancelled ? 'cancelled' : 'failed',
      manifest: settled?.manifest ?? null,
      usage: createMeter().total(),
      error,
      receipt: cancelled ? receipt : null,
      at: now(),
    });
    const data = {
      event: cancelled ? 'interrupted' : 'failed',
      graph_name: 'support',
      run_id: run.runId,
      error: `${error.code}: ${error.detail}`,
    };
    try {
      await writer.write(
        [{ method: 'lifecycle', data }],
        [ending, ...closeJournal(run.runId, now()), ...options.checkpointCleanup(run.runId)],
      ).stored;
    } finally {
      writer.close();
    }
  };

  const runs: Runs = {
    start: accept,
    get: async (runId, principal) => recordOf(await owned(runId, principal)),
    list: async (threadId, { limit, offset }, principal) =>
      (await ledger.ofThread(threadId, principal.tenant, limit, offset)).map(recordOf),
    join,
    cancel,
  };

  return {
    runs,
    /** Takes up every accepted run that the last process left behind, in the order of acceptance. */
    async recover(): Promise<number> {
      const open = await ledger.open();
      for (const { runId, tenant, threadId, graph, attempts, stalled } of open) {
        const why =
          stalled >= MAX_STALLED ? 'poisoned' : attempts > 0 && graph !== options.graphVersion && 'graph';
        const run = why && (await ledger.byId(runId, tenant));
        if (run) await close(run, why);
        else scheduler.submit({ runId, tenant, threadId, patient: true });
      }
      return open.length;
    },
    drain() {
      draining = true;
    },
  };
}
