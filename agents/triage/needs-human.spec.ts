import { describe, expect, it } from '@jest/globals';
import type { Taxonomy } from '../contracts/index.js';
import { humanReasons } from './needs-human.js';

const taxonomy: Taxonomy = {
  categories: [{ value: 'network', description: '', queue: 'q' }],
  queues: [{ value: 'q', description: '' }],
  impact: [{ level: 1, description: '' }],
  urgency: [{ level: 1, description: '' }],
  priority: [
    ['P1', 'P2'],
    ['P2', 'P3'],
  ],
  languages: ['en', 'de'],
};
const decided = (category: string | null, priority: string | null, language: string | null) => ({
  category: { value: category, confidence: null, score: 0, alternatives: [] },
  priority: { value: priority, impact: null, urgency: null, confidence: null },
  language,
});

describe('the need of a person', () => {
  it.each([
    ['nothing', decided('network', 'P2', 'de'), []],
    ['what is not known', decided('network', null, null), []],
    ['no category', decided(null, 'P3', 'en'), [/category/]],
    ['the highest priority', decided('network', 'P1', 'en'), [/P1/]],
    ['a language of nobody', decided('network', 'P2', 'fr'), [/\(fr\)/]],
    ['everything', decided(null, 'P1', 'fr'), [/category/, /P1/, /\(fr\)/]],
  ])('sees %s', (_, decision, expected) => {
    expect(humanReasons(decision, taxonomy)).toEqual(
      expected.map((pattern) => expect.stringMatching(pattern)),
    );
  });

  it('knows every language where the team names none', () => {
    const { languages: _, ...open } = taxonomy;
    expect(humanReasons(decided('network', 'P2', 'fr'), open)).toEqual([]);
  });
});
