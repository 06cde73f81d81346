import {
  fault,
  type Principal,
  type RunRequest,
  type Ticket,
  type TriageStatus,
} from '../../../agents/contracts/index.js';
import type { Transcript } from '../runs/transcript-store.js';
import type { KnowledgeDesk, LearnedQuality, Runs, TriageDesk, TriageRecord } from '../runtime.contract.js';
import type { Database } from '../storage/database.js';
import type { Ledger, LedgerRun } from '../storage/ledger.js';
import { judge, lessonOf } from './correction.js';
import { runIdOf, triageIdOf } from './triage-id.js';
import { narrowed, ticketRequest } from './triage-request.js';
import { type EndState, resultOf } from './triage-result.js';
import { createTriageStore } from './triage-store.js';

/** A run that a ticket began. */
type TicketRun = LedgerRun & { readonly request: RunRequest & { readonly ticket: Ticket } };

const isTicketRun = (run: LedgerRun): run is TicketRun => run.request.ticket !== undefined;
const hasEnded = (
  run: LedgerRun,
): run is LedgerRun & { outcome: NonNullable<LedgerRun['outcome']>; endedAt: number } =>
  run.outcome !== null && run.endedAt !== null;

const statusOf = ({ outcome, status }: LedgerRun): TriageStatus =>
  outcome ?? (status === 'pending' ? 'queued' : 'running');

/** Tickets over the one road: a triage is one run on a thread of its own, found again by the run's id. */
export function createTriageDesk(options: {
  database: Database;
  ledger: Ledger;
  transcript: Transcript;
  runs: Runs;
  /** Where corrections are taught. */
  learn: KnowledgeDesk['learn'];
  /** How good what was learned so far is. */
  learned: (tenant: string) => Promise<LearnedQuality | null>;
  now: () => number;
}): TriageDesk {
  const { ledger, transcript, runs, learn, now } = options;
  const store = createTriageStore(options.database);

  const owned = async (id: string, { tenant }: Principal): Promise<TicketRun> => {
    const runId = runIdOf(id);
    const run = runId === null ? null : await ledger.byId(runId, tenant);
    if (!run || !isTicketRun(run)) throw fault('TRIAGE_NOT_FOUND');
    return run;
  };

  const endStateOf = async ({ tenant, threadId, runId }: LedgerRun): Promise<EndState> =>
    JSON.parse(await transcript.restOfRun({ tenant, threadId }, runId));

  const recordOf = async (run: TicketRun): Promise<TriageRecord> => ({
    id: triageIdOf(run.runId),
    ticketId: run.request.ticket.id,
    threadId: run.threadId,
    runId: run.runId,
    status: statusOf(run),
    createdAt: new Date(run.acceptedAt).toISOString(),
    result: hasEnded(run) ? resultOf(run, await endStateOf(run)) : null,
  });

  return {
    async start(start, principal) {
      const { ticket: _, options: __, ...rest } = start;
      const request = ticketRequest(start);
      const { runId, threadId, replayed } = await runs.start(
        { request, ...rest },
        narrowed(principal, request.ticket),
      );
      return { id: triageIdOf(runId), ticketId: request.ticket.id, threadId, runId, replayed };
    },

    get: async (id, principal) => recordOf(await owned(id, principal)),

    list: (page, { tenant }) => store.list(tenant, page),

    async join(id, principal, signal) {
      const run = await owned(id, principal);
      if (hasEnded(run)) return recordOf(run);
      await runs.join(run.runId, principal, signal);
      return recordOf(await owned(id, principal));
    },

    async cancel(id, principal) {
      const { runId } = await owned(id, principal);
      const { stopped, effects } = await runs.cancel(runId, principal);
      return { id, status: statusOf(await owned(id, principal)), stopped, effects };
    },

    async correct(id, correction, principal) {
      const run = await owned(id, principal);
      const { decision = null } = await endStateOf(run);
      const judgements = judge(correction, decision);
      await store.correct(run, correction, { by: principal.id, at: now(), judgements });
      // What the whole tenant learns from is the operators' to change, here as at the door for solved tickets.
      const lesson =
        principal.role === 'operator' ? lessonOf(run.request.ticket, await store.said(run.runId)) : null;
      if (lesson) await learn([lesson], principal);
      return { taught: lesson !== null };
    },

    async quality({ tenant }) {
      const [agreed, learned] = await Promise.all([store.quality(tenant), options.learned(tenant)]);
      return { ...agreed, learned };
    },
  };
}
