import { createHash } from 'node:crypto';
import { type ErrorBody, fault, isFault } from '../../../agents/contracts/index.js';
import type { EffectKey, Effects } from '../../../agents/run-context.js';
import type { Database, Statement } from '../storage/database.js';
import type { LogWriter } from './event-log.js';

type Outcome = { readonly value: unknown } | { readonly error: Pick<ErrorBody, 'code' | 'detail'> };

export interface Journal extends Effects {
  /** Tool effects that have taken place, as `tool: request`. */
  readonly performed: readonly string[];
  /** Effects under way, by name. */
  readonly pending: ReadonlySet<string>;
}

/** Requests up to this length stay readable in the journal of tool effects. */
const REQUEST_CHARS = 2_000;

/**
 * The journal of one run. What was answered before a crash is answered again without asking; a tool's intent is on disk
 * before the tool is called. Outcomes are written before any event that shows them, because a thread's writes keep
 * their order.
 * @param onFailure called where an outcome could not be stored
 */
export async function openJournal(options: {
  runId: string;
  resumed: boolean;
  database: Database;
  log: LogWriter;
  now: () => number;
  onFailure: (error: unknown) => void;
}): Promise<Journal> {
  const { runId, database, log, now } = options;
  const recorded = new Map<string, Outcome>();
  const performed: string[] = [];
  if (options.resumed)
    for (const row of await database.read(
      'SELECT key, kind, request, outcome FROM journal WHERE run_id = ?',
      [runId],
    ))
      if (typeof row.outcome === 'string') {
        recorded.set(String(row.key), JSON.parse(row.outcome));
        if (row.kind === 'tool') performed.push(String(row.request));
      }

  const asked = new Map<string, number>();
  const pending = new Set<string>();
  const keyOf = ({ kind, agent, visit, request }: EffectKey) => {
    const base = `${kind}/${agent}/${visit}/${createHash('sha256').update(request).digest('base64url').slice(0, 27)}`;
    const count = asked.get(base) ?? 0;
    asked.set(base, count + 1);
    return `${base}/${count}`;
  };

  return {
    performed,
    pending,
    async once<T>(key: EffectKey, perform: () => Promise<T>): Promise<T> {
      const id = keyOf(key);
      const known = recorded.get(id);
      if (known) return restore<T>(known);

      const request = key.kind === 'tool' ? key.request.slice(0, REQUEST_CHARS) : '';
      const record = (outcome: Outcome): Statement => ({
        sql: `INSERT INTO journal (run_id, key, kind, request, outcome, intended_at, ended_at) VALUES (?, ?, ?, ?, ?, ?, ?)
              ON CONFLICT (run_id, key) DO UPDATE SET outcome = excluded.outcome, ended_at = excluded.ended_at`,
        params: [runId, id, key.kind, request, JSON.stringify(outcome), now(), now()],
      });
      const store = (outcome: Outcome) => {
        log.write([], [record(outcome)]).stored.catch(options.onFailure);
      };
      if (key.kind === 'tool') {
        await log.write(
          [],
          [
            {
              sql: 'INSERT INTO journal (run_id, key, kind, request, intended_at) VALUES (?, ?, ?, ?, ?) ON CONFLICT DO NOTHING',
              params: [runId, id, key.kind, request, now()],
            },
          ],
        ).stored;
      }
      const label = `${key.agent}: ${key.kind === 'tool' ? request : 'model call'}`;
      pending.add(label);
      try {
        const value = await perform();
        store({ value });
        if (key.kind === 'tool') performed.push(request);
        return value;
      } catch (error) {
        if (isFault(error) && error.code !== 'RUN_CANCELLED')
          store({ error: { code: error.code, detail: error.detail } });
        throw error;
      } finally {
        pending.delete(label);
      }
    },
  };
}

/**
 * What is left of a run's journal when it has ended: tool effects, each with an outcome. One that was begun and never
 * heard of again is said to be unknown, not passed over.
 */
export function closeJournal(runId: string, at: number): readonly Statement[] {
  const unknown: Outcome = {
    error: { code: 'OUTCOME_UNKNOWN', detail: 'The run ended before an outcome was known.' },
  };
  return [
    {
      sql: 'UPDATE journal SET outcome = ?, ended_at = ? WHERE run_id = ? AND outcome IS NULL',
      params: [JSON.stringify(unknown), at, runId],
    },
    { sql: `DELETE FROM journal WHERE run_id = ? AND kind = 'model'`, params: [runId] },
  ];
}

function restore<T>(outcome: Outcome): T {
  if ('error' in outcome) throw fault(outcome.error.code, { detail: outcome.error.detail });
  return outcome.value as T;
}
