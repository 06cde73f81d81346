import type { ErrorBody, Manifest, Principal, RunRequest, Usage } from '../../../agents/contracts/index.js';
import type { CancelReceipt, RunOutcome, RunRecord, RunStatus } from '../runtime.contract.js';
import type { Database, Row, Statement } from './database.js';

/** A run as the ledger holds it. */
export interface LedgerRun {
  readonly number: number;
  readonly runId: string;
  readonly tenant: string;
  readonly threadId: string;
  readonly status: RunStatus;
  readonly outcome: RunOutcome | null;
  readonly principal: Principal;
  readonly request: RunRequest;
  readonly graph: string;
  readonly attempts: number;
  /** Attempts that ended with the process and got no further than the one before. */
  readonly stalled: number;
  readonly bodyHash: string | null;
  readonly manifest: Manifest | null;
  readonly usage: Usage | null;
  readonly error: ErrorBody | null;
  readonly receipt: CancelReceipt | null;
  readonly acceptedAt: number;
  readonly startedAt: number | null;
  readonly endedAt: number | null;
}

/** What a start needs to know of a run that the last process left behind. */
export type OpenRun = Pick<LedgerRun, 'runId' | 'tenant' | 'threadId' | 'graph' | 'attempts' | 'stalled'>;

export interface Ending {
  readonly status: RunStatus;
  readonly outcome: RunOutcome;
  readonly manifest: Manifest | null;
  readonly usage: Usage | null;
  readonly error: ErrorBody | null;
  readonly receipt: CancelReceipt | null;
  readonly at: number;
}

const text = (value: unknown) => (value === null || value === undefined ? null : JSON.stringify(value));

/** Statements that write the ledger; the caller joins them to its unit of work. */
export const ledgerStatements = {
  accept: (run: {
    runId: string;
    tenant: string;
    threadId: string;
    principal: Principal;
    request: RunRequest;
    idempotencyKey: string | null;
    bodyHash: string | null;
    graph: string;
    at: number;
  }): Statement[] => [
    {
      sql: `INSERT INTO threads (tenant, thread_id, metadata, created_at, updated_at) VALUES (?, ?, '{}', ?, ?)
            ON CONFLICT (tenant, thread_id) DO UPDATE SET updated_at = excluded.updated_at`,
      params: [run.tenant, run.threadId, run.at, run.at],
    },
    {
      sql: `INSERT INTO runs (run_id, tenant, thread_id, status, principal, request, metadata, idempotency_key, body_hash, graph, accepted_at, ticket_id)
            VALUES (?, ?, ?, 'pending', ?, ?, ?, ?, ?, ?, ?, ?) ON CONFLICT DO NOTHING`,
      params: [
        run.runId,
        run.tenant,
        run.threadId,
        JSON.stringify(run.principal),
        JSON.stringify(run.request),
        JSON.stringify(run.request.metadata ?? {}),
        run.idempotencyKey,
        run.bodyHash,
        run.graph,
        run.at,
        run.request.ticket?.id ?? null,
      ],
      guard: true,
    },
  ],
  /** With what the run will work with: where it is resumed, the first word on that stands. */
  begin: (runId: string, at: number, manifest: Manifest): Statement => ({
    sql: `UPDATE runs
             SET status = 'running', attempts = attempts + 1, started_at = coalesce(started_at, ?2),
                 manifest = coalesce(manifest, ?3),
                 stalled = CASE WHEN entries > journaled THEN 1 ELSE stalled + 1 END, journaled = entries
            FROM (SELECT count(*) AS entries FROM journal WHERE run_id = ?1)
           WHERE run_id = ?1 AND ended_at IS NULL`,
    params: [runId, at, text(manifest)],
    guard: true,
  }),
  end: (runId: string, ending: Ending): Statement => ({
    sql: `UPDATE runs SET status = ?, outcome = ?, manifest = ?, usage = ?, error = ?, receipt = ?, ended_at = ?
           WHERE run_id = ? AND ended_at IS NULL`,
    params: [
      ending.status,
      ending.outcome,
      text(ending.manifest),
      text(ending.usage),
      text(ending.error),
      text(ending.receipt),
      ending.at,
      runId,
    ],
    guard: true,
  }),
};

const parsed = (value: unknown) => (typeof value === 'string' ? JSON.parse(value) : null);
const numberOr = (value: unknown) => (value === null || value === undefined ? null : Number(value));

const openRunOf = (row: Row): OpenRun => ({
  runId: String(row.run_id),
  tenant: String(row.tenant),
  threadId: String(row.thread_id),
  graph: String(row.graph),
  attempts: Number(row.attempts),
  stalled: Number(row.stalled),
});

function runOf(row: Row): LedgerRun {
  return {
    ...openRunOf(row),
    number: Number(row.number),
    status: statusOf(row.status),
    outcome: outcomeOf(row.outcome),
    principal: parsed(row.principal),
    request: parsed(row.request),
    bodyHash: typeof row.body_hash === 'string' ? row.body_hash : null,
    manifest: parsed(row.manifest),
    usage: parsed(row.usage),
    error: parsed(row.error),
    receipt: parsed(row.receipt),
    acceptedAt: Number(row.accepted_at),
    startedAt: numberOr(row.started_at),
    endedAt: numberOr(row.ended_at),
  };
}

const STATUSES: readonly RunStatus[] = ['pending', 'running', 'success', 'error', 'timeout', 'interrupted'];
const OUTCOMES: readonly RunOutcome[] = ['completed', 'handed_off', 'failed', 'cancelled'];
const statusOf = (value: unknown): RunStatus => STATUSES.find((status) => status === value) ?? 'error';
const outcomeOf = (value: unknown): RunOutcome | null =>
  OUTCOMES.find((outcome) => outcome === value) ?? null;

/** Reads of the ledger, always within one tenant except for recovery. */
export function createLedger(database: Database) {
  return {
    async byId(runId: string, tenant: string): Promise<LedgerRun | null> {
      const [row] = await database.read('SELECT * FROM runs WHERE run_id = ? AND tenant = ?', [
        runId,
        tenant,
      ]);
      return row ? runOf(row) : null;
    },
    async byKey(key: string, tenant: string): Promise<LedgerRun | null> {
      const [row] = await database.read('SELECT * FROM runs WHERE idempotency_key = ? AND tenant = ?', [
        key,
        tenant,
      ]);
      return row ? runOf(row) : null;
    },
    async ofThread(threadId: string, tenant: string, limit: number, offset: number): Promise<LedgerRun[]> {
      const rows = await database.read(
        'SELECT * FROM runs WHERE thread_id = ? AND tenant = ? ORDER BY number DESC LIMIT ? OFFSET ?',
        [threadId, tenant, limit, offset],
      );
      return rows.map(runOf);
    },
    /** The run at work on a thread, else the newest. */
    async currentOf(threadId: string, tenant: string): Promise<string | null> {
      const [row] = await database.read(
        `SELECT run_id FROM runs WHERE thread_id = ? AND tenant = ?
          ORDER BY (started_at IS NOT NULL AND ended_at IS NULL) DESC, number DESC LIMIT 1`,
        [threadId, tenant],
      );
      return typeof row?.run_id === 'string' ? row.run_id : null;
    },
    /** Accepted and not ended, in the order of acceptance: what a start has to take up again. Names only. */
    async open(): Promise<OpenRun[]> {
      const rows = await database.read(
        `SELECT run_id, tenant, thread_id, graph, attempts, stalled FROM runs
          WHERE ended_at IS NULL ORDER BY number`,
      );
      return rows.map(openRunOf);
    },
  };
}

export type Ledger = ReturnType<typeof createLedger>;

/** The public form of a run. */
export function recordOf(run: LedgerRun): RunRecord {
  const iso = (at: number) => new Date(at).toISOString();
  return {
    runId: run.runId,
    threadId: run.threadId,
    status: run.status,
    outcome: run.outcome,
    metadata: run.request.metadata ?? {},
    error: run.error,
    manifest: run.manifest,
    usage: run.usage,
    queuedMs: run.startedAt === null ? null : run.startedAt - run.acceptedAt,
    totalMs: run.endedAt === null ? null : run.endedAt - run.acceptedAt,
    createdAt: iso(run.acceptedAt),
    updatedAt: iso(run.endedAt ?? run.startedAt ?? run.acceptedAt),
  };
}
