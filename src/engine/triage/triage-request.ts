import { createHash, randomUUID } from 'node:crypto';
import type { Principal, RunRequest, Ticket } from '../../../agents/contracts/index.js';
import type { StartTriage } from '../runtime.contract.js';

/** Under an idempotency key the same id each time, or the repeated body would be another one. */
const newTicketId = (idempotencyKey: string | undefined): string =>
  idempotencyKey === undefined
    ? `ticket_${randomUUID()}`
    : `ticket_${createHash('sha256').update(idempotencyKey).digest('hex').slice(0, 32)}`;

/** The ticket as the first message of its thread: subject, newline, body, as the spans of its entities count. */
export function ticketRequest({ ticket: given, options, idempotencyKey }: StartTriage): RunRequest & {
  readonly ticket: Ticket;
} {
  const { id = newTicketId(idempotencyKey), ...rest } = given;
  const ticket = { id, ...rest };
  return {
    messages: [{ id: `message_${id}`, type: 'human', content: `${ticket.subject}\n${ticket.body}` }],
    ticket,
    ...(options && { options }),
  };
}

/** Who the triage works for: the groups that a ticket names for its requester can only take some of the key's away. */
export function narrowed(principal: Principal, ticket: Pick<Ticket, 'requester'>): Principal {
  const wanted = ticket.requester?.groups;
  if (!wanted) return principal;
  return { ...principal, groups: principal.groups.filter((group) => wanted.includes(group)) };
}
