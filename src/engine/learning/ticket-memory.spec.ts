import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { taxonomySchema } from '../../../agents/contracts/index.js';
import { packageRoot } from '../../config/package-root.js';
import { createKnowledgeRoom, type KnowledgeRoom } from '../knowledge/knowledge-room.js';
import { readSampleTaxonomy } from '../knowledge/samples.js';
import { openTemporaryDatabase, type TemporaryDatabase } from '../storage/temporary-database.fixture.js';
import { similarity, ticketVector } from './ticket-similarity.js';

const clock = { now: () => 1_767_225_600_000, monotonic: () => 0 };
const samplesDir = join(packageRoot(), 'samples');
const run = (tenant: string) => ({ principal: { id: 'p', tenant, groups: [], role: 'user' as const } });

describe('the ticket memory', () => {
  let temporary: TemporaryDatabase;
  let room: KnowledgeRoom;
  beforeAll(async () => {
    temporary = await openTemporaryDatabase();
    room = createKnowledgeRoom({ database: temporary.database, clock, samplesDir });
    await room.desk.samples('load');
  });
  afterAll(() => temporary.remove());

  const text = 'IKE failed to find valid machine certificate, error 13806, Larkfield Connect refuses';

  it('finds the most similar ticket with its labels, links and resolution', async () => {
    const found = await room.tickets.similar(text, 5, run('default'));
    expect(found).toHaveLength(5);
    expect(found[0]).toMatchObject({
      category: 'network/vpn',
      queue: 'network',
      articles: ['vpn-certificate-expired'],
    });
    expect(found[0]?.resolution).not.toBe('');
    expect(found.map(({ score }) => score)).toEqual(found.map(({ score }) => score).sort((a, b) => b - a));
  });

  it('scores the same ticket 1 and an unrelated text near 0, so that scores compare between questions', async () => {
    const ticket = await room.desk.ticket('LG-1001', run('default').principal);
    const same = [ticket.subject, ticket.subject, ticket.body].join('\n');
    const [twin] = await room.tickets.similar(same, 1, run('default'));
    expect(twin).toMatchObject({ id: 'LG-1001' });
    expect(twin?.score).toBeCloseTo(1, 6);
    const [stranger] = await room.tickets.similar('Which visa do I need for Singapore?', 1, run('default'));
    expect(stranger?.score ?? 0).toBeLessThan(0.25);
  });

  it('keeps tenants apart and answers any text', async () => {
    expect(await room.tickets.similar(text, 5, run('elsewhere'))).toEqual([]);
    for (const odd of ['', '"', '\0', 'the of and', 'x'.repeat(10_000), '🙂']) {
      expect(Array.isArray(await room.tickets.similar(odd, 5, run('default')))).toBe(true);
    }
  });

  it('sees a ticket that was learned a moment ago', async () => {
    const ticket = { id: 'n1', subject: 'Plotter prints stripes', body: 'magenta stripes on every plan' };
    await room.tickets.similar('plotter stripes', 1, run('fresh'));
    await room.desk.learn([ticket], run('fresh').principal);
    expect(await room.tickets.similar('plotter stripes', 1, run('fresh'))).toMatchObject([
      { id: 'n1', category: null },
    ]);
  });

  it('offers the labels that are configured, else those that were learned', async () => {
    const taxonomy = await readSampleTaxonomy(samplesDir);
    const options = { database: temporary.database, clock, samplesDir, taxonomy };
    expect(await createKnowledgeRoom(options).tickets.taxonomy(run('any'))).toEqual(taxonomy);
    const solved = [
      { id: '1', subject: 'a', body: 'b', category: 'print/paper', queue: 'desk' },
      { id: '2', subject: 'c', body: 'd', category: 'print/paper', queue: 'facilities' },
      { id: '3', subject: 'e', body: 'f', category: 'print/paper', queue: 'facilities' },
      { id: '4', subject: 'g', body: 'h' },
    ];
    await room.desk.learn(solved, run('labels').principal);
    const learned = await room.tickets.taxonomy(run('labels'));
    expect(learned.categories).toEqual([
      { value: 'print/paper', description: 'print paper', queue: 'facilities' },
    ]);
    expect(learned.queues).toEqual([{ value: 'facilities', description: 'facilities' }]);
    for (const tenant of ['labels', 'nothing yet']) {
      expect(taxonomySchema.safeParse(await room.taxonomy(tenant)).success).toBe(true);
    }
  });
});

describe('similarity', () => {
  const statistics = { tickets: 100, frequencies: new Map([['printer', 60]]) };

  it('is symmetric, between 0 and 1, and 1 for a text with itself', () => {
    const words = fc.array(fc.constantFrom('printer', 'jam', 'vpn', 'mail', 'slow', 'LL-4102'), {
      minLength: 1,
      maxLength: 9,
    });
    fc.assert(
      fc.property(words, words, (a, b) => {
        const [one, two] = [ticketVector('', a.join(' ')), ticketVector('', b.join(' '))];
        const score = similarity(one, two, statistics);
        expect(score).toBeCloseTo(similarity(two, one, statistics), 10);
        expect(score).toBeGreaterThanOrEqual(0);
        expect(score).toBeLessThanOrEqual(1);
        expect(similarity(one, one, statistics)).toBeCloseTo(1, 10);
      }),
    );
  });

  it('values a rare shared word above a common one', () => {
    const rare = similarity(ticketVector('', 'printer jam'), ticketVector('', 'jam today'), statistics);
    const common = similarity(ticketVector('', 'printer jam'), ticketVector('', 'printer today'), statistics);
    expect(rare).toBeGreaterThan(common);
  });
});
