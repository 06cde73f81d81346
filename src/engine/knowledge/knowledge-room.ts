import type { Taxonomy } from '../../../agents/contracts/index.js';
import type { Clock } from '../../../agents/ports.js';
import { createClassifierStore } from '../learning/classifier/classifier-store.js';
import { createFindDuplicates } from '../learning/duplicates.js';
import { createIncomingStore } from '../learning/incoming-store.js';
import { createFindSimilar } from '../learning/similar-tickets.js';
import { createTicketMemory, type PrincipalTicketMemory, taxonomyOf } from '../learning/ticket-memory.js';
import { createTicketRouter, type TicketRouter } from '../learning/ticket-router.js';
import { createTicketStore, type TicketStore } from '../learning/ticket-store.js';
import type { KnowledgeDesk } from '../runtime.contract.js';
import type { Database } from '../storage/database.js';
import { createNearest } from '../storage/nearest.js';
import type { EmbeddingModel } from './embeddings/embedding-model.js';
import { createKnowledge, type PrincipalKnowledge } from './knowledge.js';
import { createKnowledgeDesk } from './knowledge-desk.js';
import { linkedDocuments } from './linked-documents.js';
import { createMeaning, renewVectors } from './meaning.js';
import { createPassageShelf } from './passages.js';
import { createShelves } from './stores/shelf.js';
import { createSqliteStore } from './stores/sqlite.store.js';

export interface KnowledgeRoomOptions {
  readonly database: Database;
  readonly clock: Clock;
  /** What meaning is measured with; without it documents are found by words alone. */
  readonly embedding?: {
    readonly model: EmbeddingModel;
    /** The database's file: vectors are searched on a connection of their own. */
    readonly file: string;
  };
  /** Folder of the packaged samples. */
  readonly samplesDir: string;
  /** The tenant that the samples are loaded into; `default` by default. */
  readonly samplesTenant?: string;
  /** Labels for every tenant; without them a tenant's labels are those of its solved tickets. */
  readonly taxonomy?: Taxonomy;
}

/** Everything that is known, as the agents and the host's door see it. */
export interface KnowledgeRoom {
  readonly desk: KnowledgeDesk;
  readonly knowledge: PrincipalKnowledge;
  readonly tickets: PrincipalTicketMemory;
  readonly learning: TicketRouter;
  taxonomy(tenant: string): Promise<Taxonomy>;
  /** Names the state of a tenant's knowledge, for a run's manifest. */
  snapshot(tenant: string): Promise<string>;
  /** Gives every document vectors of the configured model, in the background of everything else. */
  renewVectors(): Promise<number>;
  close(): Promise<void>;
}

/** The same store, which says whose tickets have changed. */
const telling = (store: TicketStore, changed: (tenant: string) => void): TicketStore => ({
  ...store,
  async put(tenant, tickets) {
    await store.put(tenant, tickets);
    changed(tenant);
  },
  async remove(tenant, ids) {
    await store.remove(tenant, ids);
    changed(tenant);
  },
});

/** Puts the embedded knowledge base and ticket memory together on one database. */
export function createKnowledgeRoom(options: KnowledgeRoomOptions): KnowledgeRoom {
  const { database, clock, embedding, samplesDir, samplesTenant = 'default', taxonomy } = options;
  const meaning = embedding && createMeaning(embedding.model);
  const nearest = embedding && createNearest({ file: embedding.file });
  const closing = new AbortController();
  let renewal: Promise<unknown> = Promise.resolve();
  const shelves = createShelves(database);
  const store = createSqliteStore({ database, shelves, clock, ...(nearest && { nearest }) });
  const ticketStore = createTicketStore(database, shelves, clock);
  const findSimilar = createFindSimilar(ticketStore);
  const room = {
    store,
    passages: createPassageShelf(store),
    linked: linkedDocuments(findSimilar),
    ...(meaning && { meaning }),
  };
  const findDuplicates = createFindDuplicates(createIncomingStore(database), findSimilar);
  const learning = createTicketRouter({
    tickets: ticketStore,
    classifiers: createClassifierStore(database),
    clock,
    ...(embedding && { embedding: embedding.model }),
  });
  const memory = {
    store: ticketStore,
    findSimilar,
    findDuplicates,
    router: learning,
    ...(taxonomy && { taxonomy }),
  };
  return {
    desk: createKnowledgeDesk({
      room,
      tickets: telling(ticketStore, learning.changed),
      samplesDir,
      samplesTenant,
    }),
    learning,
    knowledge: createKnowledge(room),
    tickets: createTicketMemory(memory),
    taxonomy: (tenant) => taxonomyOf(memory, tenant),
    snapshot: async (tenant) => `sqlite:${await store.version(tenant)}`,
    async renewVectors() {
      if (!embedding) return 0;
      const renewing = renewVectors(store, embedding.model, closing.signal);
      renewal = renewing.catch(() => undefined);
      return renewing;
    },
    async close() {
      closing.abort();
      await Promise.all([renewal, learning.close()]);
      await nearest?.close();
      await embedding?.model.close();
    },
  };
}
