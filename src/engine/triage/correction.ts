import type { Correction, Ticket, TriageResult } from '../../../agents/contracts/index.js';
import type { SolvedTicketInput } from '../runtime.contract.js';
import type { Judgements } from './triage-store.js';

/**
 * What a correction says about a result: right where a person names the value that was decided. Where nothing was
 * decided there was no claim, so there is no judgement either. Pure.
 */
export function judge(correction: Correction, decision: TriageResult['decision']): Judgements {
  const { category, queue, priority, answer } = correction;
  const agrees = (said: string | undefined, decided: string | null | undefined) =>
    said === undefined || decided === null || decided === undefined ? null : said === decided;
  const judged = {
    category: agrees(category, decision?.category.value),
    queue: agrees(queue, decision?.queue.value),
    priority: agrees(priority, decision?.priority.value),
    answer: answer === undefined ? null : answer === 'good',
  };
  return Object.fromEntries(Object.entries(judged).filter(([, right]) => right !== null));
}

/**
 * The solved ticket that a correction teaches; null where it says nothing that could be learned. It holds only what a
 * person said: a desk that learned from its own guesses would confirm itself.
 */
export function lessonOf(ticket: Ticket, said: Correction): SolvedTicketInput | null {
  const { category, queue, priority, articles, resolution } = said;
  const learned = {
    ...(category !== undefined && { category }),
    ...(queue !== undefined && { queue }),
    ...(priority !== undefined && { priority }),
    ...(articles !== undefined && { articles }),
    ...(resolution !== undefined && { resolution }),
  };
  if (Object.keys(learned).length === 0) return null;
  const { id, subject, body, createdAt, locale } = ticket;
  return { id, subject, body, ...learned, ...(createdAt && { createdAt }), ...(locale && { locale }) };
}
