import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import type { Choice, Taxonomy } from '../contracts/index.js';
import type { LearnedLabel } from '../ports.js';
import { priorityWithLessons, queueWithLessons, withLessons } from './learned.js';
import { pool } from './pool.js';

const taught = (shares: Readonly<Record<string, number>>, learned = 300): LearnedLabel => ({
  labels: Object.entries(shares).map(([label, share]) => ({ label, share })),
  worthwhile: 0.4,
  learned,
});
const chose = (value: string | null, score = 0.6, others: Readonly<Record<string, number>> = {}): Choice => ({
  value,
  confidence: null,
  score,
  alternatives: Object.entries(others).map(([label, own]) => ({
    value: label,
    confidence: null,
    score: own,
  })),
});
const always = () => true;

const taxonomy: Taxonomy = {
  categories: [{ value: 'vpn', description: '', queue: 'network' }],
  queues: [
    { value: 'network', description: '' },
    { value: 'identity', description: '' },
  ],
  impact: [1, 2, 3].map((level) => ({ level, description: '' })),
  urgency: [1, 2, 3].map((level) => ({ level, description: '' })),
  priority: [
    ['P1', 'P2', 'P3'],
    ['P2', 'P3', 'P4'],
    ['P3', 'P4', 'P5'],
  ],
};

describe('pooling', () => {
  it('gives shares that sum to 1, and the first to what both sides put first', () => {
    fc.assert(
      fc.property(
        fc.array(fc.double({ min: 0, max: 1, noNaN: true }), { minLength: 2, maxLength: 8 }),
        fc.integer({ min: 0, max: 100_000 }),
        (scores, lessons) => {
          const shares = Object.fromEntries(scores.map((score, at) => [`l${at}`, score]));
          const pooled = pool(taught(shares, lessons), new Map(Object.entries(shares)));
          expect(pooled.reduce((sum, { share }) => sum + share, 0)).toBeCloseTo(1, 9);
          expect(shares[pooled[0]?.label ?? '']).toBeCloseTo(Math.max(...scores), 9);
        },
      ),
    );
  });

  it('believes the lessons more, the more there are', () => {
    const opinion = new Map([['b', 0.9]]);
    expect(pool(taught({ a: 0.6, b: 0.4 }, 100), opinion)[0]?.label).toBe('b');
    expect(pool(taught({ a: 0.6, b: 0.4 }, 100_000), opinion)[0]?.label).toBe('a');
  });
});

describe('a choice with lessons', () => {
  it('stays as it is without any', () => {
    const choice = chose('vpn', 0.6, { wifi: 0.3 });
    expect(withLessons(choice, undefined, always)).toBe(choice);
  });

  it('is how sure both sides are, with the raw score beside it', () => {
    const made = withLessons(chose('vpn', 0.7, { wifi: 0.3 }), taught({ vpn: 0.8, wifi: 0.2 }), always);
    expect(made).toMatchObject({ value: 'vpn', score: 0.7, alternatives: [{ value: 'wifi', score: 0.3 }] });
    expect(made.confidence).toBeGreaterThan(0.8);
    expect(made.confidence).toBeLessThan(1);
  });

  it.each([
    ['nobody is sure', chose('a', 0.2), taught({ b: 0.2, c: 0.2, d: 0.2, e: 0.2, f: 0.2 })],
    [
      'the model finds no label and the lessons do not know',
      chose(null, 0),
      taught({ a: 0.45, b: 0.55 * 0.8 }),
    ],
    ['it is out of scope', chose('a', 0.1), taught({ oos: 0.95, a: 0.05 })],
  ])('abstains where %s', (_, choice, learned) => {
    const made = withLessons(choice, learned, always);
    expect([made.value, made.confidence]).toEqual([null, null]);
    expect(made.alternatives.length).toBeGreaterThan(0);
  });

  it('is the lessons’ where the model finds none and they are sure', () => {
    expect(withLessons(chose(null, 0), taught({ a: 0.9, b: 0.1 }), always)).toMatchObject({
      value: 'a',
      confidence: 0.9,
    });
  });

  it('never names a label that the taxonomy does not know', () => {
    const made = withLessons(chose('a', 0.3), taught({ gone: 0.9, a: 0.1 }), (label) => label === 'a');
    expect([made.value, ...made.alternatives.map(({ value }) => value)]).not.toContain('gone');
  });
});

describe('a queue with lessons', () => {
  it('is the category’s, however sure the lessons are of another', () => {
    const made = queueWithLessons(chose('network', 0.6), taught({ identity: 0.99, network: 0.01 }), taxonomy);
    expect(made.value).toBe('network');
    expect(made.confidence).toBeLessThan(0.5);
    expect(made.alternatives[0]?.value).toBe('identity');
  });

  it('is known even where the category is not', () => {
    const made = queueWithLessons(chose(null, 0), taught({ identity: 0.9, network: 0.1 }), taxonomy);
    expect([made.value, made.confidence]).toEqual(['identity', 0.9]);
  });
});

describe('a priority with lessons', () => {
  const given = { value: 'P3', impact: 3, urgency: 1, confidence: null };

  it('always stands where its levels meet in the matrix', () => {
    fc.assert(
      fc.property(
        fc.dictionary(
          fc.constantFrom('P1', 'P2', 'P3', 'P4', 'P5', 'P9'),
          fc.double({ min: 0, max: 1, noNaN: true }),
        ),
        (shares) => {
          const { value, impact, urgency } = priorityWithLessons(given, taught(shares), taxonomy);
          expect(taxonomy.priority[(impact ?? 0) - 1]?.[(urgency ?? 0) - 1]).toBe(value);
        },
      ),
    );
  });

  it('moves by the lessons as little as its levels need', () => {
    const moved = priorityWithLessons(given, taught({ P4: 0.95, P3: 0.05 }), taxonomy);
    expect(moved).toMatchObject({ value: 'P4', impact: 3, urgency: 2 });
    expect(priorityWithLessons(given, undefined, taxonomy)).toBe(given);
  });
});
