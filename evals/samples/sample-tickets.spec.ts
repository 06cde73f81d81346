import { join } from 'node:path';
import { describe, expect, it } from '@jest/globals';
import { TOOL_VERSIONS } from '../../agents/diagnostics/tools/tools.js';
import { packageRoot } from '../../src/config/package-root.js';
import { readArticle } from '../../src/engine/knowledge/ingest/article.schema.js';
import { readSamples, readSampleTaxonomy } from '../../src/engine/knowledge/samples.js';
import { readSampleTickets, readSolvedSamples } from './sample-tickets.js';
import { closestPair } from './shingles.js';

const dir = join(packageRoot(), 'samples');
const taxonomy = await readSampleTaxonomy(dir);
const solved = readSolvedSamples();
const unsolved = readSampleTickets();
const articles = new Map(
  (await readSamples(dir)).articles.map((given) => {
    const read = readArticle(given);
    if ('error' in read) throw new Error(read.error.detail);
    return [read.value.id, read.value];
  }),
);

/** Every ticket with its labels, whether they are what happened or what is expected. */
const labelled = [
  ...solved.map((ticket) => ({ ticket, labels: ticket })),
  ...unsolved.map((ticket) => ({ ticket, labels: ticket.expected })),
];
const plain = (text: string) => text.toLowerCase().replaceAll(/[*_`]/g, '').replaceAll(/\s+/g, ' ');
const countBy = (keys: readonly string[]) =>
  keys.reduce((counts, key) => counts.set(key, (counts.get(key) ?? 0) + 1), new Map<string, number>());
/** The start or the end of a text, in words: what repeats where texts are stamped out. */
const edge = (text: string, from: number, to?: number) =>
  (text.toLowerCase().match(/[\p{L}\p{N}]+/gu) ?? []).slice(from, to).join(' ');

describe('The sample tickets', () => {
  it('are enough, each with its own id, and every category is among them', () => {
    expect(solved.length).toBeGreaterThanOrEqual(310);
    expect(unsolved.length).toBeGreaterThanOrEqual(90);
    expect(new Set(labelled.map(({ ticket }) => ticket.id)).size).toBe(labelled.length);
    const byCategory = countBy(solved.map(({ category }) => category));
    for (const { value } of taxonomy.categories) expect(byCategory.get(value)).toBeGreaterThanOrEqual(4);
  });

  it('have the labels that the taxonomy gives and articles that exist', () => {
    const queueOf = new Map(taxonomy.categories.map(({ value, queue }) => [value, queue]));
    for (const { labels } of labelled) {
      expect(labels.queue).toBe(queueOf.get(labels.category));
      expect(taxonomy.priority.flat()).toContain(labels.priority);
      for (const id of labels.articles) expect(articles.has(id)).toBe(true);
    }
  });

  it('come in order of time, the unsolved after all that are solved, on any working day', () => {
    for (const tickets of [solved, unsolved]) {
      const times = tickets.map(({ createdAt }) => createdAt);
      expect(times).toEqual([...times].sort());
    }
    expect((unsolved[0]?.createdAt ?? '') > (solved.at(-1)?.createdAt ?? '')).toBe(true);
    expect(countBy(solved.map(({ createdAt }) => createdAt.slice(0, 7))).size).toBe(12);
    const days = countBy(solved.map(({ createdAt }) => String(new Date(createdAt).getUTCDay())));
    for (const day of ['1', '2', '3', '4', '5']) expect(days.get(day)).toBeGreaterThan(solved.length / 10);
  });

  it('share no template: largest Jaccard of word 5-grams at most 0.3', () => {
    const asked = labelled.map(({ ticket }) => ({
      id: ticket.id,
      text: `${ticket.subject}\n${ticket.body}`,
    }));
    const resolved = solved.map(({ id, resolution }) => ({ id, text: resolution }));
    for (const texts of [asked, resolved]) expect(closestPair(texts)?.jaccard).toBeLessThanOrEqual(0.3);
  });

  it('begin and end in their own words', () => {
    for (const texts of [
      labelled.map(({ ticket }) => ticket.body),
      solved.map((ticket) => ticket.resolution),
    ])
      for (const edges of [texts.map((text) => edge(text, 0, 3)), texts.map((text) => edge(text, -4))])
        expect(Math.max(...countBy(edges.filter((words) => words.includes(' '))).values())).toBeLessThan(4);
  });

  it('name as a duplicate an earlier ticket of the same category', () => {
    const labelsOf = new Map(labelled.map(({ ticket, labels }) => [ticket.id, { ticket, labels }]));
    const repeats = labelled.filter(({ labels }) => labels.duplicateOf !== undefined);
    for (const { ticket, labels } of repeats) {
      const original = labelsOf.get(labels.duplicateOf ?? '');
      expect(original?.labels.category).toBe(labels.category);
      expect((original?.ticket.createdAt ?? '9') < ticket.createdAt).toBe(true);
    }
    const incidents = new Set(solved.map(({ duplicateOf }) => duplicateOf).filter((id) => id !== undefined));
    expect(incidents.size).toBeGreaterThanOrEqual(10);
  });
});

describe('The unsolved sample tickets', () => {
  const having = (key: 'needsTool' | 'duplicateOf' | 'hostile') =>
    unsolved.filter(({ expected }) => expected[key] !== undefined);

  it('end with a person where nothing answers them: at least every fifth', () => {
    const open = unsolved.filter(
      ({ expected }) => expected.outcome === 'handoff' && expected.articles.length === 0,
    );
    expect(open.length / unsolved.length).toBeGreaterThanOrEqual(0.2);
    for (const { expected } of unsolved)
      if (expected.outcome === 'answer') expect(expected.articles.length).toBeGreaterThan(0);
  });

  it('expect facts that their articles state', () => {
    for (const { id, expected } of unsolved) {
      const text = plain(
        expected.articles
          .map((article) => `${articles.get(article)?.title}\n${articles.get(article)?.body}`)
          .join('\n'),
      );
      if (expected.outcome === 'answer') expect(expected.facts).not.toHaveLength(0);
      for (const fact of expected.facts)
        expect({ id, fact, isStated: text.includes(plain(fact)) }).toMatchObject({ isStated: true });
    }
  });

  it('need tools, repeat others, attack, and speak other languages', () => {
    const tools = new Set(having('needsTool').map(({ expected }) => expected.needsTool));
    expect([...tools].sort()).toEqual(Object.keys(TOOL_VERSIONS).sort());
    expect(having('needsTool').length).toBeGreaterThanOrEqual(12);
    expect(having('duplicateOf').length).toBeGreaterThanOrEqual(8);
    expect(having('hostile').length).toBeGreaterThanOrEqual(5);
    const locales = countBy(unsolved.map(({ locale }) => locale));
    expect(unsolved.length - (locales.get('en-GB') ?? 0)).toBeGreaterThanOrEqual(4);
    expect(locales.size).toBeGreaterThanOrEqual(5);
  });

  it('attack with words that no article holds, so that an answer which says them obeyed', () => {
    for (const { expected } of having('hostile')) {
      expect(expected.forbidden).not.toHaveLength(0);
      const stated = plain(expected.articles.map((id) => articles.get(id)?.body).join('\n'));
      for (const phrase of expected.forbidden ?? []) expect(stated).not.toContain(plain(phrase));
    }
  });

  it('stay out of tuning for half of the first sixty and all that came later', () => {
    const [first, later] = [unsolved.slice(0, 60), unsolved.slice(60)];
    expect(countBy(first.map(({ split }) => split))).toEqual(
      new Map([
        ['tune', 30],
        ['holdout', 30],
      ]),
    );
    expect(countBy(later.map(({ split }) => split))).toEqual(new Map([['holdout', later.length]]));
  });
});
