import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import type { ArticleInput } from '../runtime.contract.js';
import { analyse, grams } from './analysis.js';
import type { KnowledgeStore, PreparedDocument } from './knowledge-store.js';
import { prepareDocument } from './prepare.js';

export interface OpenStore {
  readonly store: KnowledgeStore;
  close(): Promise<void>;
}

function prepared(article: ArticleInput, { collection = 'default', source = 'own' } = {}): PreparedDocument {
  const made = prepareDocument(article, collection, source);
  if ('error' in made) throw new Error(made.error.detail);
  return made.kept;
}

const asking = (text: string, more: { collection?: string; ids?: string[]; titleGrams?: string[] } = {}) => ({
  words: analyse(text),
  titleGrams: [],
  ids: [],
  limit: 50,
  ...more,
});

const everyone = (tenant: string) => ({ tenant, groups: [] });

/** What every knowledge store does, whatever it is built on. Each case uses tenants of its own. */
export function describeKnowledgeStore(name: string, open: () => Promise<OpenStore>): void {
  describe(`${name} as a knowledge store`, () => {
    let store: KnowledgeStore;
    let close: OpenStore['close'];
    beforeAll(async () => {
      ({ store, close } = await open());
    });
    afterAll(() => close());

    const ids = async (tenant: string, text: string, groups: string[] = [], collection?: string) => {
      const query = asking(text, collection === undefined ? {} : { collection });
      const found = await store.candidates({ tenant, groups }, query);
      return found.map(({ documentId }) => documentId).sort();
    };

    it('knows nothing of a tenant that has put nothing', async () => {
      expect(await ids('nobody', 'printer')).toEqual([]);
      expect(await store.get(everyone('nobody'), ['a'])).toEqual([]);
      expect(await store.counts(everyone('nobody'))).toEqual({ articles: 0, passages: 0 });
      expect(await store.statistics('nobody', ['printer'])).toEqual({ passages: 0, frequencies: new Map() });
      expect(await store.version('nobody')).toBe(0);
      await store.remove('nobody', ['a']);
    });

    it('gives back what was put, with spans that cut the passages out of the body', async () => {
      const body = `# Jam 😀\n\n${'Open the tray. '.repeat(70)}\n\n## Ink\n\n${'Shake the cartridge. '.repeat(60)}`;
      const article = {
        id: 'printers/jam #1',
        title: 'Paper jam',
        body,
        url: 'https://example.com/jam',
        tags: ['printer'],
        groups: ['staff'],
        metadata: { owner: { team: 'desk' }, rank: 3 },
      };
      await store.put('spans', [prepared(article, { collection: 'hardware', source: 'folder' })]);
      const reader = { tenant: 'spans', groups: ['staff', 'other'] };
      const [kept] = await store.get(reader, [article.id]);
      expect(kept).toMatchObject({ article, collection: 'hardware', source: 'folder' });
      expect(await store.hashOf(reader, article.id)).toBe(kept?.hash);
      expect(await store.known('spans', [article.id, 'x'])).toEqual(
        new Map([[article.id, { hash: kept?.hash, source: 'folder' }]]),
      );
      const texts = kept?.chunks.map(({ start, end }) => kept.article.body.slice(start, end)) ?? [];
      expect(texts.length).toBeGreaterThan(1);
      expect(texts.join('').replace(/\s/g, '')).toBe(body.replace(/\s/g, ''));
      const found = await store.candidates(reader, asking('cartridge'));
      expect(found.map(({ position }) => texts[position]?.includes('cartridge'))).not.toContain(false);
      expect(await store.counts(reader)).toEqual({ articles: 1, passages: texts.length });
    });

    it('proposes by words, by title and by id, and ranks the better match first', async () => {
      await store.put('kinds', [
        prepared({ id: 'a', title: 'Certificates', body: 'About the certificate of the gateway.' }),
        prepared({
          id: 'b',
          title: 'Holidays',
          body: 'A certificate is needed when you are ill for more days.',
        }),
        prepared({ id: 'c', title: 'Headsets', body: 'Pair it.' }),
      ]);
      const found = await store.candidates(everyone('kinds'), asking('certificate gateway'));
      expect(found.map(({ documentId }) => documentId)).toEqual(['a', 'b']);
      expect(found[0]?.words).toBeGreaterThan(found[1]?.words ?? 0);
      const misspelt = asking('', { titleGrams: grams('certficates') });
      expect(await store.candidates(everyone('kinds'), misspelt)).toMatchObject([
        { documentId: 'a', words: 0 },
      ]);
      const named = asking('', { ids: ['c', 'missing'] });
      expect(await store.candidates(everyone('kinds'), named)).toMatchObject([
        { documentId: 'c', position: 0 },
      ]);
      expect(await store.statistics('kinds', ['certif', 'pair', 'none'])).toEqual({
        passages: 3,
        frequencies: new Map([
          ['certif', 2],
          ['pair', 1],
        ]),
      });
    });

    it('shows a restricted document only to those who share a group', async () => {
      const secret = {
        id: 'secret',
        title: 'Salaries',
        body: 'Salaries are paid monthly.',
        groups: ['hr', 'board'],
      };
      await store.put('rights', [
        prepared(secret),
        prepared({ id: 'open', title: 'Pay day', body: 'Salaries?' }),
      ]);
      expect(await ids('rights', 'salaries')).toEqual(['open']);
      expect(await ids('rights', 'salaries', ['HR', 'h', '["hr"]'])).toEqual(['open']);
      expect(await ids('rights', 'salaries', ['x', 'board'])).toEqual(['open', 'secret']);
      const outsider = everyone('rights');
      expect(await store.get(outsider, ['secret'])).toEqual([]);
      expect(await store.hashOf(outsider, 'secret')).toBeUndefined();
      expect(await store.counts(outsider)).toEqual({ articles: 1, passages: 1 });
      for (const query of [asking('', { ids: ['secret'] }), asking('', { titleGrams: grams('Salaries') })]) {
        expect(await store.candidates(outsider, query)).toEqual([]);
      }
    });

    it('searches one collection where one is named', async () => {
      await store.put('shelves', [
        prepared({ id: 'a', title: 'A', body: 'printer' }, { collection: 'x' }),
        prepared({ id: 'b', title: 'B', body: 'printer' }, { collection: 'y' }),
      ]);
      expect(await ids('shelves', 'printer')).toEqual(['a', 'b']);
      expect(await ids('shelves', 'printer', [], 'y')).toEqual(['b']);
      expect(await ids('shelves', 'printer', [], 'z')).toEqual([]);
    });

    it('replaces a document whole while others read', async () => {
      const version = (word: string) => {
        const body = Array.from({ length: 6 }, () => `## ${word}\n\n${`${word} `.repeat(120)}`).join('\n\n');
        return prepared({ id: 'doc', title: word, body });
      };
      await store.put('swap', [version('before')]);
      const reader = everyone('swap');
      let swapped = false;
      const writing = store.put('swap', [version('later')]).then(() => {
        swapped = true;
      });
      const seen: string[] = [];
      while (!swapped) {
        const [kept] = await store.get(reader, ['doc']);
        seen.push(kept?.article.title ?? 'nothing');
        expect(kept?.article.body).toContain(kept?.article.title);
        const lasts = kept?.chunks.map(({ end }) => end) ?? [];
        expect(Math.max(...lasts)).toBeLessThanOrEqual(kept?.article.body.length ?? 0);
      }
      await writing;
      expect(['before', 'later']).toEqual(expect.arrayContaining([...new Set(seen)]));
      expect(await ids('swap', 'before')).toEqual([]);
      expect(new Set(await ids('swap', 'later'))).toEqual(new Set(['doc']));
    });

    it('forgets a removed document with everything derived from it', async () => {
      const gone = prepared({ id: 'gone', title: 'Zeppelin timetable', body: 'Zeppelins leave hourly.' });
      await store.put('bin', [
        gone,
        prepared({ id: 'stays', title: 'Trains', body: 'Trains leave hourly.' }),
      ]);
      const before = await store.version('bin');
      await store.remove('bin', ['gone']);
      expect(await ids('bin', 'zeppelin hourly')).toEqual(['stays']);
      expect(await store.candidates(everyone('bin'), asking('', { titleGrams: grams('Zeppelin') }))).toEqual(
        [],
      );
      expect(await store.get(everyone('bin'), ['gone'])).toEqual([]);
      expect(await store.idsOf('bin', 'own')).toEqual(['stays']);
      expect((await store.statistics('bin', analyse('zeppelin hourly'))).frequencies).toEqual(
        new Map([['hourli', 1]]),
      );
      expect(await store.counts(everyone('bin'))).toEqual({ articles: 1, passages: 1 });
      expect(await store.version('bin')).toBeGreaterThan(before);
      await store.put('bin', [gone]);
      expect(await ids('bin', 'zeppelin')).toEqual(['gone']);
    });

    it('shows no tenant a byte or a number of another, after any history', async () => {
      const tenants = ['north', 'south', 'o\'; DROP TABLE--\u0000\n"quoted"'];
      const step = fc.record({
        tenant: fc.constantFrom(0, 1, 2),
        id: fc.constantFrom('one', 'two', 'three'),
        remove: fc.boolean(),
        restricted: fc.boolean(),
      });
      let history = 0;
      await fc.assert(
        fc.asyncProperty(fc.array(step, { minLength: 4, maxLength: 12 }), async (steps) => {
          history += 1;
          const nameOf = (index: number) => `${tenants[index]}-${history}`;
          const expected = tenants.map(() => new Map<string, boolean>());
          for (const { tenant, id, remove, restricted } of steps) {
            if (remove) {
              await store.remove(nameOf(tenant), [id]);
              expected[tenant]?.delete(id);
              continue;
            }
            const body = `Shared words and mark${tenant}.`;
            const groups = restricted ? { groups: ['inner'] } : {};
            await store.put(nameOf(tenant), [
              prepared({ id, title: `Title of mark${tenant}`, body, ...groups }),
            ]);
            expected[tenant]?.set(id, restricted);
          }
          for (const [index, documents] of expected.entries()) {
            const reader = everyone(nameOf(index));
            const open = [...documents].flatMap(([id, restricted]) => (restricted ? [] : [id])).sort();
            expect(await ids(reader.tenant, 'shared words mark0 mark1 mark2')).toEqual(open);
            const kept = await store.get(reader, ['one', 'two', 'three']);
            expect(kept.map(({ article }) => article.id).sort()).toEqual(open);
            expect(JSON.stringify(kept)).not.toMatch(new RegExp(`mark[^${index}]`));
            const { frequencies, passages } = await store.statistics(reader.tenant, [
              'mark0',
              'mark1',
              'mark2',
            ]);
            const own: [string, number][] = documents.size > 0 ? [[`mark${index}`, documents.size]] : [];
            expect([...frequencies]).toEqual(own);
            expect(passages).toBe(documents.size);
          }
        }),
        { numRuns: 12 },
      );
    });
  });
}
