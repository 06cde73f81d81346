import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from '@jest/globals';
import { z } from 'zod';
import { packageRoot } from '../../config/package-root.js';
import { DATABASE_FILE } from '../storage/database-file.js';
import { openTemporaryDatabase } from '../storage/temporary-database.fixture.js';
import { openStaticModel } from './embeddings/static.model.js';
import { readArticle, readSolvedTicket } from './ingest/article.schema.js';
import { createKnowledgeRoom } from './knowledge-room.js';
import { readSamples, readSampleTaxonomy } from './samples.js';

const dir = join(packageRoot(), 'samples');
const me = { id: 'p', tenant: 'default', groups: [], role: 'operator' as const };

const unsolvedSchema = z.object({
  id: z.string(),
  subject: z.string(),
  body: z.string(),
  expected: z.object({
    outcome: z.enum(['answer', 'handoff']),
    category: z.string(),
    articles: z.array(z.string()),
  }),
});
const unsolved = readFileSync(join(dir, 'unsolved-tickets.jsonl'), 'utf8')
  .trim()
  .split('\n')
  .map((line) => unsolvedSchema.parse(JSON.parse(line)));

/** Values of what could be read; the first refusal fails the spec. */
function accepted<T>(read: { value: T } | { error: { detail: string } }): T {
  if ('error' in read) throw new Error(read.error.detail);
  return read.value;
}

describe('the samples', () => {
  it('are whole: known labels, existing articles, the priority that the matrix gives', async () => {
    const taxonomy = await readSampleTaxonomy(dir);
    const { articles, tickets } = await readSamples(dir);
    const ids = articles.map((given) => accepted(readArticle(given)).id);
    expect(new Set(ids).size).toBe(ids.length);
    expect(ids.length).toBeGreaterThanOrEqual(60);
    expect(tickets.length).toBeGreaterThanOrEqual(100);
    const queueOf = new Map(taxonomy.categories.map(({ value, queue }) => [value, queue]));
    const priorities = new Set(taxonomy.priority.flat());
    expect(new Set(queueOf.values())).toEqual(new Set(taxonomy.queues.map(({ value }) => value)));
    for (const given of tickets) {
      const { ticket } = accepted(readSolvedTicket(given));
      expect([...queueOf.keys()]).toContain(ticket.category);
      expect([...queueOf.values()]).toContain(ticket.queue);
      expect(priorities).toContain(ticket.priority);
      expect(ids).toEqual(expect.arrayContaining([...(ticket.articles ?? [])]));
    }
    for (const { expected } of unsolved) {
      expect([...queueOf.keys()]).toContain(expected.category);
      expect(ids).toEqual(expect.arrayContaining(expected.articles));
    }
  });

  it('hold the article that answers a ticket among the first three of a search', async () => {
    const { database, dir: data, remove } = await openTemporaryDatabase();
    const clock = { now: () => 1_767_225_600_000, monotonic: () => 0 };
    const embedding = { model: await openStaticModel(), file: join(data, DATABASE_FILE) };
    const { desk, close } = createKnowledgeRoom({ database, clock, samplesDir: dir, embedding });
    await desk.samples('load');
    const answerable = unsolved.filter(
      ({ expected }) => expected.outcome === 'answer' && expected.articles.length > 0,
    );
    const found = await Promise.all(
      answerable.map(async ({ subject, body, expected }) => {
        const hits = await desk.search({ text: `${subject}\n${body}`, k: 3 }, me);
        return hits.some(({ docId }) => expected.articles.includes(docId));
      }),
    );
    expect(answerable.length).toBeGreaterThan(40);
    expect(found.filter(Boolean).length / found.length).toBeGreaterThanOrEqual(0.88);
    const [first] = await desk.search({ text: 'our VPN certificate expired, what now?', k: 1 }, me);
    expect(first?.docId).toBe('vpn-certificate-expired');
    await close();
    await remove();
  });
});
