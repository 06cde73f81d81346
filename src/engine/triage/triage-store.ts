import {
  type Correction,
  fault,
  TRIAGE_STATUSES,
  type TriageStatus,
} from '../../../agents/contracts/index.js';
import type { TriageQuality, TriageRecord } from '../runtime.contract.js';
import type { Database, Row, Statement } from '../storage/database.js';
import { triageIdOf } from './triage-id.js';

export const JUDGED_FIELDS = ['category', 'queue', 'priority', 'answer'] as const;
export type JudgedField = (typeof JUDGED_FIELDS)[number];
/** By field: whether the result was right. */
export type Judgements = Partial<Record<JudgedField, boolean>>;

export type TriageSummary = Omit<TriageRecord, 'result'>;

const summaryOf = (row: Row): TriageSummary => ({
  id: triageIdOf(String(row.run_id)),
  ticketId: String(row.ticket_id),
  threadId: String(row.thread_id),
  runId: String(row.run_id),
  status: statusOf(row.triage_status),
  createdAt: new Date(Number(row.accepted_at)).toISOString(),
});

const statusOf = (value: unknown): TriageStatus =>
  TRIAGE_STATUSES.find((status) => status === value) ?? 'failed';

/** A place in the list: opaque to clients, who get it back unchanged. */
const cursorOf = (number: number): string => Buffer.from(String(number)).toString('base64url');
const numberOf = (cursor: string): number => {
  const number = Number(Buffer.from(cursor, 'base64url').toString('latin1'));
  if (!Number.isSafeInteger(number) || number < 1)
    throw fault('INVALID_ARGUMENT', {
      detail: 'The cursor is not one of a list of triages.',
      next: 'Send the `nextCursor` of the last page, or none.',
    });
  return number;
};

/** Triages in the ledger and what people said about them, each within one tenant. */
export function createTriageStore(database: Database) {
  return {
    /** Newest first. A keyset of the runs' own numbers: as fast on the last page as on the first. */
    async list(tenant: string, page: { status?: TriageStatus; cursor?: string; limit: number }) {
      const before = page.cursor === undefined ? Number.MAX_SAFE_INTEGER : numberOf(page.cursor);
      const rows = await database.read(
        `SELECT number, run_id, ticket_id, thread_id, triage_status, accepted_at FROM runs
          WHERE tenant = ? AND ticket_id IS NOT NULL AND number < ? ${page.status ? 'AND triage_status = ?' : ''}
          ORDER BY number DESC LIMIT ?`,
        [tenant, before, ...(page.status ? [page.status] : []), page.limit + 1],
      );
      const items = rows.slice(0, page.limit);
      const last = items.at(-1);
      return {
        items: items.map(summaryOf),
        nextCursor: rows.length > page.limit && last ? cursorOf(Number(last.number)) : null,
      };
    },

    async correct(
      { tenant, runId }: { tenant: string; runId: string },
      correction: Correction,
      given: { by: string; at: number; judgements: Judgements },
    ): Promise<void> {
      await database.commit([
        {
          sql: 'INSERT INTO corrections (run_id, principal, body, created_at) VALUES (?, ?, ?, ?)',
          params: [runId, given.by, JSON.stringify(correction), given.at],
        },
        ...Object.entries(given.judgements).map(
          ([field, right]): Statement => ({
            sql: `INSERT INTO judgements (tenant, run_id, field, correct) VALUES (?, ?, ?, ?)
                  ON CONFLICT (run_id, field) DO UPDATE SET correct = excluded.correct`,
            params: [tenant, runId, field, Number(right)],
          }),
        ),
      ]);
    },

    /** What was said about one result so far, the newest word on each field. */
    async said(runId: string): Promise<Correction> {
      const rows = await database.read('SELECT body FROM corrections WHERE run_id = ? ORDER BY number', [
        runId,
      ]);
      return Object.assign({}, ...rows.map(({ body }): Correction => JSON.parse(String(body))));
    },

    async quality(tenant: string): Promise<Omit<TriageQuality, 'learned'>> {
      const [[counts], rows] = await Promise.all([
        database.read(
          `SELECT (SELECT count(*) FROM runs WHERE tenant = ?1 AND ticket_id IS NOT NULL AND outcome IS NOT NULL) AS results,
                  (SELECT count(DISTINCT run_id) FROM corrections JOIN runs USING (run_id) WHERE tenant = ?1) AS corrected`,
          [tenant],
        ),
        database.read(
          'SELECT field, count(*) AS judged, sum(correct) AS correct FROM judgements WHERE tenant = ? GROUP BY field',
          [tenant],
        ),
      ]);
      const accuracyOf = (field: JudgedField) => {
        const row = rows.find((found) => found.field === field);
        const judged = Number(row?.judged ?? 0);
        return { judged, right: judged === 0 ? null : Number(row?.correct) / judged };
      };
      return {
        results: Number(counts?.results ?? 0),
        corrected: Number(counts?.corrected ?? 0),
        accuracy: {
          category: accuracyOf('category'),
          queue: accuracyOf('queue'),
          priority: accuracyOf('priority'),
          answer: accuracyOf('answer'),
        },
      };
    },
  };
}
