import { fault, type Principal } from '../../../agents/contracts/index.js';
import type { TicketStore } from '../learning/ticket-store.js';
import { createFileReader } from '../reading/reading-process.js';
import type { ArticleInput, KnowledgeDesk, SourceFile, StoredDocument } from '../runtime.contract.js';
import { type Incoming, SAMPLES, takeIn } from './intake.js';
import type { KeptDocument, PreparedDocument, Reader } from './knowledge-store.js';
import { prepareDocument, prepareTicket } from './prepare.js';
import { readSamples } from './samples.js';
import { type SearchRoom, search } from './search.js';

export interface KnowledgeDeskParts {
  readonly room: SearchRoom;
  readonly tickets: TicketStore;
  /** Folder of the packaged samples. */
  readonly samplesDir: string;
  /** The tenant that the samples belong to. */
  readonly samplesTenant: string;
}

const DEFAULT_COLLECTION = 'default';
const OWN = 'own';
const MOST_HITS = 1_000;

const readerOf = ({ tenant, groups }: Principal): Reader => ({ tenant, groups });

function stored({ article, collection, hash, chunks, updatedAt }: KeptDocument): StoredDocument {
  const passages = chunks.length;
  return { ...article, collection, hash, passages, updatedAt: new Date(updatedAt).toISOString() };
}

const isFile = (given: ArticleInput | SourceFile): given is SourceFile => 'bytes' in given;

const size = (incoming: readonly Incoming<unknown>[]) => incoming.filter((item) => !('error' in item)).length;

/** What people and programs may do with a tenant's knowledge: take in, look up, search, learn, load the samples. */
export function createKnowledgeDesk(parts: KnowledgeDeskParts): KnowledgeDesk {
  const { room, tickets, samplesDir, samplesTenant } = parts;
  const { store } = room;
  const documentIntake = {
    rows: store,
    async put(tenant: string, documents: readonly PreparedDocument[]) {
      const { meaning } = room;
      if (!meaning) return store.put(tenant, documents);
      const embed = async (document: PreparedDocument) => ({
        ...document,
        vectors: await meaning.of(document),
      });
      return store.put(tenant, await Promise.all(documents.map(embed)));
    },
  };
  const readFiles = createFileReader();
  const ticketIntake = { rows: tickets, put: tickets.put };

  async function find(documentId: string, principal: Principal): Promise<KeptDocument> {
    const [found] = await store.get(readerOf(principal), [documentId]);
    if (!found) throw fault('DOCUMENT_NOT_FOUND');
    return found;
  }

  async function loadSamples(onProgress: (done: number, total: number) => void) {
    const samples = await readSamples(samplesDir);
    const articles = samples.articles.map((given) => prepareDocument(given, DEFAULT_COLLECTION, SAMPLES));
    const solved = samples.tickets.map((given) => prepareTicket(given, SAMPLES));
    const total = articles.length + solved.length;
    const scope = { tenant: samplesTenant, source: SAMPLES };
    await takeIn(documentIntake, articles, scope, (done) => onProgress(done, total));
    await takeIn(ticketIntake, solved, scope, (done) => onProgress(articles.length + done, total));
    onProgress(total, total);
    return { articles: size(articles), tickets: size(solved) };
  }

  async function removeSamples() {
    const [articles, solved] = await Promise.all([
      store.idsOf(samplesTenant, SAMPLES),
      tickets.idsOf(samplesTenant, SAMPLES),
    ]);
    await store.remove(samplesTenant, articles);
    await tickets.remove(samplesTenant, solved);
    return { articles: articles.length, tickets: solved.length };
  }

  return {
    async add(articles, options, principal, onProgress = () => {}) {
      const { collection = DEFAULT_COLLECTION, source = OWN, ...preparation } = options;
      const prepare = (given: unknown) => prepareDocument(given, collection, source, preparation);
      const read = (await readFiles(articles.filter(isFile))).values();
      const incoming = articles.flatMap((given): Incoming<PreparedDocument>[] => {
        if (!isFile(given)) return [prepare(given)];
        return [...read.take(1)].flatMap((file) => [...file.articles.map(prepare), ...file.rejected]);
      });
      const scope = { tenant: principal.tenant, source };
      return takeIn(documentIntake, incoming, scope, (done) => onProgress(done, incoming.length));
    },

    async get(documentId, principal) {
      return stored(await find(documentId, principal));
    },

    async remove(documentId, principal) {
      await find(documentId, principal);
      await store.remove(principal.tenant, [documentId]);
    },

    async search({ text, k, collection, explain }, principal) {
      const limit = Math.min(Math.max(Math.trunc(k), 1), MOST_HITS);
      const query = { text, limit, ...(collection !== undefined && { collection }) };
      const hits = await search(room, query, readerOf(principal));
      return hits.map(({ documentId, chunkId, score, title, text: passage, span, signals }) => ({
        docId: documentId,
        chunkId,
        score,
        title,
        text: passage,
        span,
        ...(explain && { signals }),
      }));
    },

    async ticket(ticketId, principal) {
      const [found] = await tickets.get(principal.tenant, [ticketId]);
      if (!found) throw fault('TICKET_NOT_FOUND');
      return found;
    },

    async learn(given, principal) {
      const incoming = given.map((ticket) => prepareTicket(ticket, OWN));
      return takeIn(ticketIntake, incoming, { tenant: principal.tenant, source: OWN });
    },

    samples: (action, onProgress = () => {}) =>
      action === 'load' ? loadSamples(onProgress) : removeSamples(),

    async stats(principal) {
      const [counts, solved] = await Promise.all([
        store.counts(readerOf(principal)),
        tickets.count(principal.tenant),
      ]);
      return { ...counts, tickets: solved };
    },
  };
}
