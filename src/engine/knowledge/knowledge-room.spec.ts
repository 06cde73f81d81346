import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { packageRoot } from '../../config/package-root.js';
import { openTemporaryDatabase, type TemporaryDatabase } from '../storage/temporary-database.fixture.js';
import { SIGNALS } from './fusion.js';
import { createKnowledgeRoom, type KnowledgeRoom } from './knowledge-room.js';
import { readSamples } from './samples.js';

const clock = { now: () => 1_767_225_600_000, monotonic: () => 0 };
const samplesDir = join(packageRoot(), 'samples');
const person = (tenant: string, groups: string[] = []) => ({
  id: 'p',
  tenant,
  groups,
  role: 'operator' as const,
});

describe('the knowledge desk', () => {
  let temporary: TemporaryDatabase;
  let room: KnowledgeRoom;
  beforeAll(async () => {
    temporary = await openTemporaryDatabase();
    room = createKnowledgeRoom({ database: temporary.database, clock, samplesDir });
  });
  afterAll(() => temporary.remove());

  const article = (id: string, body = 'The tray is at the front.') => ({ id, title: `Title of ${id}`, body });

  it('takes an article in once, tells what changed, and rejects the bad beside the good', async () => {
    const me = person('intake');
    const statuses = async (...articles: { id: string; title: string; body: string }[]) =>
      (await room.desk.add(articles, {}, me)).map(({ id, status, error }) => [id, status, error?.code]);
    expect(await statuses(article('a'), article('b'), { ...article('bad'), body: ' ' })).toEqual([
      ['a', 'added', undefined],
      ['b', 'added', undefined],
      ['bad', 'rejected', 'VALIDATION_FAILED'],
    ]);
    const before = await room.snapshot('intake');
    expect(await statuses(article('a'))).toEqual([['a', 'unchanged', undefined]]);
    expect(await room.snapshot('intake')).toBe(before);
    expect(
      await statuses(article('a', 'Elsewhere.'), article('a', 'There.'), { ...article('c'), id: '\u0007' }),
    ).toEqual([
      ['a', 'updated', undefined],
      ['a', 'updated', undefined],
      ['\u0007', 'rejected', 'VALIDATION_FAILED'],
    ]);
    expect(await room.desk.get('a', me)).toMatchObject({
      body: 'There.',
      passages: 1,
      collection: 'default',
    });
    expect(await room.snapshot('intake')).not.toBe(before);
    expect(await room.desk.stats(me)).toEqual({ articles: 2, passages: 2, tickets: 0 });
  });

  it('hides what the principal may not read from every function', async () => {
    const insider = person('rights', ['hr']);
    const outsider = person('rights', ['it']);
    await room.desk.add(
      [{ ...article('secret', 'Salaries are paid monthly.'), groups: ['hr'] }],
      {},
      outsider,
    );
    expect(await room.desk.search({ text: 'salaries', k: 5 }, insider)).toHaveLength(1);
    expect(await room.desk.search({ text: 'salaries', k: 5 }, outsider)).toEqual([]);
    await expect(room.desk.get('secret', outsider)).rejects.toMatchObject({ code: 'DOCUMENT_NOT_FOUND' });
    await expect(room.desk.remove('secret', outsider)).rejects.toMatchObject({ code: 'DOCUMENT_NOT_FOUND' });
    await expect(room.desk.get('secret', person('elsewhere', ['hr']))).rejects.toMatchObject({
      code: 'DOCUMENT_NOT_FOUND',
    });
    expect(await room.desk.stats(outsider)).toEqual({ articles: 0, passages: 0, tickets: 0 });
    await room.desk.remove('secret', insider);
    expect(await room.desk.search({ text: 'salaries', k: 5 }, insider)).toEqual([]);
  });

  it('puts one hit a document first, with exact spans and the signals when asked', async () => {
    const me = person('order');
    const long = Array.from(
      { length: 4 },
      (_, n) => `## Part ${n}\n\n${'The scanner needs paper. '.repeat(30)}`,
    );
    await room.desk.add(
      [article('long', long.join('\n\n')), article('short', 'A scanner is on floor two.')],
      {},
      me,
    );
    const hits = await room.desk.search({ text: 'scanner', k: 10, explain: true }, me);
    expect(hits.length).toBeGreaterThan(3);
    expect(new Set(hits.slice(0, 2).map(({ docId }) => docId))).toEqual(new Set(['long', 'short']));
    for (const { docId, span, text, signals } of hits) {
      const { body } = await room.desk.get(docId, me);
      expect(body.slice(...span)).toBe(text);
      expect(Object.keys(signals ?? {})).toEqual([...SIGNALS]);
    }
    expect(await room.desk.search({ text: 'scanner', k: 1 }, me)).toHaveLength(1);
    expect((await room.desk.search({ text: 'scanner', k: 1 }, me))[0]).not.toHaveProperty('signals');
  });

  it('finds a title in spite of a misspelling', async () => {
    const me = person('spelling');
    await room.desk.add(
      [article('a'), { id: 'v', title: 'Expired certificates', body: 'Renew it.' }],
      {},
      me,
    );
    expect(await room.desk.search({ text: 'certficate', k: 5 }, me)).toMatchObject([{ docId: 'v' }]);
  });

  it('answers any text', async () => {
    const me = person('hostile');
    await room.desk.add([article('a', 'The near word or not: "quoted" AND starred* (grouped).')], {}, me);
    const hostile = fc.oneof(
      fc.string({ unit: 'binary', maxLength: 200 }),
      fc.constantFrom(
        '',
        '"',
        '* OR title:',
        'NEAR(a b',
        'a AND NOT',
        '-',
        '^x',
        '\0',
        '{',
        'the of and',
        '🙂🙂',
      ),
      fc.constantFrom(
        'x'.repeat(10_000),
        '打印机 卡纸',
        'طابعة',
        '\uD800',
        `${'word '.repeat(30_000)}`,
        'a_'.repeat(9_000),
      ),
    );
    await fc.assert(
      fc.asyncProperty(fc.array(hostile, { maxLength: 3 }), async (parts) => {
        const hits = await room.desk.search({ text: parts.join(' '), k: 3 }, me);
        expect(hits.length).toBeLessThanOrEqual(1);
      }),
      { numRuns: 60 },
    );
    expect(await room.desk.search({ text: 'quoted starred', k: 3 }, me)).toHaveLength(1);
    expect(await room.desk.search({ text: 'the of and', k: 3 }, me)).toEqual([]);
  });

  it('learns solved tickets once, and lets them speak for what they link', async () => {
    const me = person('learning');
    const ticket = {
      id: 't1',
      subject: 'Beamer stays dark',
      body: 'projector shows nothing',
      articles: ['hdmi'],
    };
    await room.desk.add(
      [article('hdmi', 'Choose the input with the remote control.'), article('other')],
      {},
      me,
    );
    expect(await room.desk.search({ text: 'beamer is dark', k: 3 }, me)).toEqual([]);
    expect(await room.desk.learn([ticket, { id: 't2', subject: '', body: '' }], me)).toMatchObject([
      { id: 't1', status: 'added' },
      { id: 't2', status: 'rejected', error: { code: 'VALIDATION_FAILED' } },
    ]);
    expect(await room.desk.learn([ticket], me)).toMatchObject([{ status: 'unchanged' }]);
    expect(await room.desk.search({ text: 'beamer is dark', k: 3 }, me)).toMatchObject([{ docId: 'hdmi' }]);
    expect(await room.desk.ticket('t1', me)).toMatchObject(ticket);
    await expect(room.desk.ticket('t1', person('other'))).rejects.toMatchObject({ code: 'TICKET_NOT_FOUND' });
  });

  it('loads the samples, again without harm, and removes them without one’s own', async () => {
    const me = person('default');
    const own = { ...article('vpn-setup', 'Ours: use the blue client.') };
    await room.desk.add([own], {}, me);
    const progress: string[] = [];
    const loaded = await room.desk.samples('load', (done, total) => progress.push(`${done}/${total}`));
    const samples = await readSamples(samplesDir);
    const [articles, tickets] = [samples.articles.length, samples.tickets.length];
    expect(loaded).toEqual({ articles, tickets });
    expect(progress.at(-1)).toBe(`${articles + tickets}/${articles + tickets}`);
    const version = await room.snapshot('default');
    expect(await room.desk.samples('load')).toEqual(loaded);
    expect(await room.snapshot('default')).toBe(version);
    expect(await room.desk.get('vpn-setup', me)).toMatchObject({ body: own.body });
    expect(await room.desk.search({ text: 'LL-4102', k: 3 }, me)).toMatchObject([
      { docId: 'ledgerline-month-end-lock' },
      {},
      {},
    ]);
    expect(await room.desk.samples('remove')).toEqual({ articles: articles - 1, tickets });
    expect(await room.desk.stats(me)).toEqual({ articles: 1, passages: 1, tickets: 0 });
  });
});

describe('the agents’ knowledge', () => {
  it('sees with the principal’s eyes and says how much of the query a passage covers', async () => {
    const { database, remove } = await openTemporaryDatabase();
    const { desk, knowledge } = createKnowledgeRoom({ database, clock, samplesDir });
    const me = person('agents', ['net']);
    const body = `${'The VPN gateway is restarted by night. '.repeat(40)}\n\n## Certificate\n\nIt is renewed in May.`;
    await desk.add([{ id: 'vpn', title: 'Gateway', body, groups: ['net'] }], { collection: 'ops' }, me);
    const [hit] = await knowledge.search({ text: 'certificate renewed zebra', limit: 3 }, { principal: me });
    expect(hit).toMatchObject({ documentId: 'vpn', title: 'Gateway', headings: ['Certificate'] });
    expect(hit?.coverage).toBeGreaterThan(0.3);
    expect(hit?.coverage).toBeLessThan(0.7);
    const elsewhere = { text: 'certificate', limit: 3, collection: 'other' };
    expect(await knowledge.search(elsewhere, { principal: me })).toEqual([]);
    const passages = await knowledge.open('vpn', { principal: me });
    expect(passages.map(({ position }) => position)).toEqual(passages.map((_, index) => index));
    expect(
      passages
        .map(({ text }) => text)
        .join('')
        .replace(/\s/g, ''),
    ).toBe(body.replace(/\s/g, ''));
    expect(await knowledge.open('vpn', { principal: person('agents') })).toEqual([]);
    expect(
      await knowledge.search({ text: 'certificate', limit: 3 }, { principal: person('agents') }),
    ).toEqual([]);
    await remove();
  });
});
