import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { ArticleInput } from '../runtime.contract.js';
import type { DocumentVectors, KnowledgeStore, PreparedDocument } from './knowledge-store.js';
import { prepareDocument } from './prepare.js';
import type { OpenStore } from './store.conformance.js';

const MODEL = { name: 'test:four', dimensions: 4 };
const NOTHING = [0, 0, 0, 0];
const FIRE = [1, 0, 0, 0];
const WATER = [0, 1, 0, 0];
const AIR = [0, 0, 1, 0];

const vectorsOf = (title: number[], passage: number[], model = MODEL): DocumentVectors => ({
  model,
  title: Float32Array.from(title),
  passages: [Float32Array.from(passage)],
});

function prepared(
  article: ArticleInput,
  vectors?: DocumentVectors,
  collection = 'default',
): PreparedDocument {
  const made = prepareDocument(article, collection, 'own');
  if ('error' in made) throw new Error(made.error.detail);
  return { ...made.kept, ...(vectors && { vectors }) };
}

const document = (id: string, more: Partial<ArticleInput> = {}) => ({
  id,
  title: id,
  body: `About ${id}.`,
  ...more,
});

/** What every knowledge store does with vectors, whatever it is built on. Each case uses tenants of its own. */
export function describeMeaning(name: string, open: () => Promise<OpenStore>): void {
  describe(`${name} as a store of meaning`, () => {
    let store: KnowledgeStore;
    let close: OpenStore['close'];
    beforeAll(async () => {
      ({ store, close } = await open());
    });
    afterAll(() => close());

    const like = async (
      tenant: string,
      vector: readonly number[],
      {
        groups = [],
        collection,
        model = MODEL.name,
      }: { groups?: string[]; collection?: string; model?: string } = {},
    ) => {
      const meaning = { model, vector: Float32Array.from(vector) };
      const query = { words: [], titleGrams: [], ids: [], limit: 10, meaning };
      return store.candidates(
        { tenant, groups },
        { ...query, ...(collection !== undefined && { collection }) },
      );
    };
    const idsOf = (found: Awaited<ReturnType<typeof like>>) =>
      [...new Set(found.map(({ documentId }) => documentId))].sort();

    it('proposes passages and titles of like meaning, with their cosines', async () => {
      await store.put('alike', [
        prepared(document('fire'), vectorsOf(WATER, FIRE)),
        prepared(document('water'), vectorsOf(AIR, WATER)),
        prepared(document('silent'), vectorsOf(NOTHING, NOTHING)),
        prepared(document('plain')),
      ]);
      const found = await like('alike', [0.8, 0.6, 0, 0]);
      expect(idsOf(found)).toEqual(['fire', 'water']);
      const fire = found.filter(({ documentId }) => documentId === 'fire');
      expect(fire.some(({ isPassage }) => isPassage)).toBe(true);
      for (const { meaning, titleMeaning, words } of fire) {
        expect(meaning).toBeCloseTo(0.8, 2);
        expect(titleMeaning).toBeCloseTo(0.6, 2);
        expect(words).toBe(0);
      }
      expect(await like('alike', NOTHING)).toEqual([]);
    });

    it('tells the meaning of what was found by words, too', async () => {
      await store.put('words', [prepared(document('tar', { body: 'Sticky.' }), vectorsOf(FIRE, AIR))]);
      const meaning = { model: MODEL.name, vector: Float32Array.from([0, 0, -1, 0]) };
      const query = { words: ['sticki'], titleGrams: [], ids: [], limit: 10, meaning };
      const [found] = await store.candidates({ tenant: 'words', groups: [] }, query);
      expect(found?.words).toBeGreaterThan(0);
      expect(found?.meaning).toBeCloseTo(-1, 2);
      expect(found?.titleMeaning).toBeCloseTo(0);
    });

    it('shows no meaning across tenants, groups and collections', async () => {
      await store.put('inner', [
        prepared(document('open'), vectorsOf(FIRE, FIRE)),
        prepared(document('secret', { groups: ['hr'] }), vectorsOf(FIRE, FIRE)),
        prepared(document('shelved'), vectorsOf(FIRE, FIRE), 'attic'),
      ]);
      await store.put('outer', [prepared(document('foreign'), vectorsOf(FIRE, FIRE))]);
      expect(idsOf(await like('inner', FIRE))).toEqual(['open', 'shelved']);
      expect(idsOf(await like('inner', FIRE, { groups: ['hr'] }))).toEqual(['open', 'secret', 'shelved']);
      expect(idsOf(await like('inner', FIRE, { collection: 'attic' }))).toEqual(['shelved']);
      expect(await like('nobody', FIRE)).toEqual([]);
    });

    it('sees what was changed and removed', async () => {
      await store.put('moves', [
        prepared(document('a'), vectorsOf(FIRE, FIRE)),
        prepared(document('b'), vectorsOf(FIRE, FIRE)),
      ]);
      expect(idsOf(await like('moves', FIRE))).toEqual(['a', 'b']);
      await store.put('moves', [prepared(document('a'), vectorsOf(WATER, WATER))]);
      await store.remove('moves', ['b']);
      expect(await like('moves', FIRE)).toEqual([]);
      expect(idsOf(await like('moves', WATER))).toEqual(['a']);
    });

    it('keeps the vectors of models apart, and tells what lacks those of one', async () => {
      const next = { name: 'test:three', dimensions: 3 };
      await store.put('models', [prepared(document('a'), vectorsOf(FIRE, FIRE))]);
      const lacking = async (model: string) =>
        (await store.withoutVectors(model, 100)).filter(({ tenant }) => tenant === 'models');
      expect(await lacking(MODEL.name)).toEqual([]);
      const [found] = await lacking(next.name);
      expect(found?.document.article.title).toBe('a');
      expect(await like('models', [1, 0, 0], { model: next.name })).toEqual([]);

      const hash = found?.document.hash ?? '';
      await store.setVectors('models', 'a', 'an older hash', vectorsOf([0, 1, 0], [0, 1, 0], next));
      expect(await lacking(next.name)).toHaveLength(1);
      await store.setVectors('models', 'a', hash, vectorsOf([1, 0, 0], [1, 0, 0], next));
      expect(await lacking(next.name)).toEqual([]);
      expect(idsOf(await like('models', [1, 0, 0], { model: next.name }))).toEqual(['a']);
      expect(await like('models', FIRE)).toEqual([]);
    });

    it.each([
      ['too short', [1, 0, 0]],
      ['too long', [1, 0, 0, 0, 0]],
      ['not a number', [1, Number.NaN, 0, 0]],
      ['infinite', [1, Number.POSITIVE_INFINITY, 0, 0]],
    ])('refuses a vector that is %s, with the document it came with', async (_kind, vector) => {
      const put = store.put('refused', [prepared(document('a'), vectorsOf(FIRE, vector))]);
      await expect(put).rejects.toMatchObject({ code: 'MODEL_BAD_RESPONSE' });
      expect(await store.get({ tenant: 'refused', groups: [] }, ['a'])).toEqual([]);
    });
  });
}
