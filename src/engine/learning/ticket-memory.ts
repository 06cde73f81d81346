import type { Taxonomy } from '../../../agents/contracts/index.js';
import type { Duplicate, LearnedRouting, SimilarTicket } from '../../../agents/ports.js';
import type { RunContext } from '../../../agents/run-context.js';
import type { FindDuplicates } from './duplicates.js';
import type { FindSimilar } from './similar-tickets.js';
import { learnedTaxonomy } from './taxonomy.js';
import type { TicketRouter } from './ticket-router.js';
import type { TicketStore } from './ticket-store.js';

export interface TicketMemoryParts {
  readonly store: TicketStore;
  readonly findSimilar: FindSimilar;
  readonly findDuplicates: FindDuplicates;
  readonly router: Pick<TicketRouter, 'predict'>;
  /** The operator's labels, or the samples'; without them a tenant's labels are those of its solved tickets. */
  readonly taxonomy?: Taxonomy;
}

/** The labels that triage may choose from in this tenant. */
export async function taxonomyOf(
  { store, taxonomy }: Pick<TicketMemoryParts, 'store' | 'taxonomy'>,
  tenant: string,
): Promise<Taxonomy> {
  return taxonomy ?? learnedTaxonomy(await store.labels(tenant));
}

/** The `TicketMemory` port; of a run it needs to know only who asks and where. */
export interface PrincipalTicketMemory {
  similar(text: string, limit: number, run: Pick<RunContext, 'principal'>): Promise<readonly SimilarTicket[]>;
  duplicates(
    ticket: { id: string | null; text: string },
    run: Pick<RunContext, 'principal' | 'threadId'>,
  ): Promise<readonly Duplicate[]>;
  routing(text: string, run: Pick<RunContext, 'principal'>): Promise<LearnedRouting | null>;
  taxonomy(run: Pick<RunContext, 'principal'>): Promise<Taxonomy>;
}

/** The agents' view of what the tenant has solved before and what came in. */
export function createTicketMemory(parts: TicketMemoryParts): PrincipalTicketMemory {
  return {
    similar: (text, limit, run) => parts.findSimilar(run.principal.tenant, text, limit),
    duplicates: (ticket, { principal, threadId }) =>
      parts.findDuplicates({ ...ticket, threadId, tenant: principal.tenant }),
    routing: (text, run) => parts.router.predict(run.principal.tenant, text),
    taxonomy: (run) => taxonomyOf(parts, run.principal.tenant),
  };
}
