import { describe, expect, it } from '@jest/globals';
import { createPredictor } from './classifier.js';
import { type LabelledText, learnClassifier } from './learn.js';

const FIRST = {
  category: 'vpn',
  queue: 'network',
  priority: 'P3',
  words: ['tunnel', 'vpn', 'gateway', 'remote'],
};
const KINDS = [
  FIRST,
  {
    category: 'wifi',
    queue: 'network',
    priority: 'P3',
    words: ['wireless', 'signal', 'access point', 'wifi'],
  },
  {
    category: 'password',
    queue: 'identity',
    priority: 'P2',
    words: ['password', 'reset', 'expired', 'login'],
  },
];
const FILLERS = ['since this morning', 'please help', 'on my laptop', 'at the office', 'again and again'];

/** Tickets that are easy to tell apart, with what colleagues linked. */
const solved = (many: number): LabelledText[] =>
  Array.from({ length: many }, (_, at) => {
    const { words, ...labels } = KINDS[at % KINDS.length] ?? FIRST;
    const [first, second] = [words[at % words.length], words[(at * 3 + 1) % words.length]];
    const filler = FILLERS[at % FILLERS.length];
    return {
      ...labels,
      text: `${first} broken\nthe ${second} fails ${filler}`,
      articles: [`how-to-${labels.category}`],
    };
  });

describe('learning from solved tickets', () => {
  it('routes new ones, says how sure it is, and what colleagues would link', async () => {
    const classifier = await learnClassifier(solved(120));
    expect(classifier).not.toBeNull();
    if (!classifier) return;
    expect(classifier.report.category).toMatchObject({ learned: 120, heldBack: 120, labels: 3 });
    expect(classifier.report.category?.accuracy).toBeGreaterThan(0.9);

    const predict = createPredictor(classifier);
    const { category, queue, priority, articles } = predict('forgotten password\nmy login was refused');
    expect(category?.labels[0]?.label).toBe('password');
    expect(queue?.labels[0]?.label).toBe('identity');
    expect(priority?.labels[0]?.label).toBe('P2');
    expect(articles[0]?.label).toBe('how-to-password');
    expect(category?.labels.reduce((sum, { share }) => sum + share, 0)).toBeCloseTo(1, 1);
  });

  it('is the same for the same tickets', async () => {
    const [first, second] = await Promise.all([learnClassifier(solved(60)), learnClassifier(solved(60))]);
    expect(second).toEqual(first);
  });

  it('reads an embedding where words do not meet', async () => {
    const meaning = (text: string) =>
      Float32Array.of(...KINDS.map(({ words }) => Number(words.some((word) => text.includes(word)))));
    const embedding = { name: 'test', embed: async (texts: readonly string[]) => texts.map(meaning) };
    const classifier = await learnClassifier(solved(120), { embedding });
    expect(classifier?.embedding).toBe('test');
    const predict = classifier && createPredictor(classifier);
    const unseen = predict?.('kaputt', Float32Array.of(0, 0, 1));
    expect(unseen?.category?.labels[0]?.label).toBe('password');
  });

  it.each([
    ['too few', solved(30)],
    [
      'all alike',
      solved(90).map((ticket) => ({ ...ticket, category: 'vpn', queue: 'q', priority: 'P1', articles: [] })),
    ],
    ['without labels', solved(90).map(({ text }) => ({ text }))],
  ])('learns nothing from tickets that are %s', async (_, tickets) => {
    expect(await learnClassifier(tickets)).toBeNull();
  });

  it('stops when nobody wants it any more', async () => {
    const stop = new AbortController();
    const learning = learnClassifier(solved(600), {
      signal: stop.signal,
      onProgress: () => stop.abort('enough'),
    });
    await expect(learning).rejects.toBe('enough');
  });
});
