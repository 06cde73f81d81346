import { describe, expect, it } from '@jest/globals';
import type { Decision, Observation } from '../../agents/contracts/index.js';
import { MEASURES, type Outcome, scoreOf } from './outcome.js';
import type { SampleTicket } from './sample-tickets.js';

type Expected = SampleTicket['expected'];

const NO_CHOICE = { value: null, confidence: null, score: 0, alternatives: [] };
const DECISION: Decision = {
  category: NO_CHOICE,
  queue: NO_CHOICE,
  priority: { value: null, impact: null, urgency: null, confidence: null },
  sentiment: null,
  language: null,
  entities: [],
  duplicates: [],
  articles: [],
  needsHuman: false,
  reasons: [],
};

const outcomeOf = (
  expected: Partial<Expected>,
  {
    text = '',
    duplicates = [] as string[],
    tools = [] as string[],
    ...made
  }: Partial<Outcome> & {
    text?: string;
    duplicates?: string[];
    tools?: string[];
  },
): Outcome => ({
  ticket: {
    id: 'LG-0000',
    subject: 'Subject',
    body: 'Body',
    createdAt: '2026-11-02T08:00:00Z',
    locale: 'en-GB',
    expected: {
      outcome: 'answer',
      category: 'a/b',
      queue: 'a',
      priority: 'P4',
      articles: [],
      facts: [],
      ...expected,
    },
    split: 'tune',
  },
  outcome: 'completed',
  decision: { ...DECISION, duplicates: duplicates.map((ticketId) => ({ ticketId, score: 0.6 })) },
  answer: { text, complete: true, claims: [] },
  critique: undefined,
  evidence: [],
  observations: tools.map(
    (tool): Observation => ({
      id: tool,
      tool,
      target: 'example.org',
      ok: true,
      summary: '',
      facts: {},
      startedAt: '2026-11-02T08:00:00Z',
      ms: 1,
    }),
  ),
  rejected: 0,
  ...made,
});

const figure = (name: string, outcome: Outcome) => {
  const measure = MEASURES.find((each) => each.name === name);
  return measure?.about(outcome) ? measure.score(outcome) : null;
};

describe('What an outcome is worth', () => {
  it('is the share of the facts told, whatever their emphasis, and 1 for handing over what is open', () => {
    const facts = ['Company Portal', '15 minutes'];
    expect(scoreOf(outcomeOf({ facts }, { text: 'Open **Company\nPortal** and press Sync.' }))).toBe(0.5);
    expect(scoreOf(outcomeOf({ outcome: 'handoff' }, { outcome: 'handed_off' }))).toBe(1);
    expect(scoreOf(outcomeOf({ outcome: 'handoff' }, { outcome: 'completed' }))).toBe(0);
  });

  it('counts a duplicate by its id, and an invented one where there is none', () => {
    const expected = { duplicateOf: 'LG-0001' };
    expect(figure('duplicates found', outcomeOf(expected, { duplicates: ['LG-0002', 'LG-0001'] }))).toBe(1);
    expect(figure('duplicates found', outcomeOf(expected, { duplicates: ['LG-0002'] }))).toBe(0);
    expect(figure('duplicates found', outcomeOf({}, { duplicates: ['LG-0002'] }))).toBeNull();
    expect(figure('duplicates invented', outcomeOf({}, { duplicates: ['LG-0002'] }))).toBe(1);
  });

  it('counts the tool that was needed', () => {
    const expected = { needsTool: 'dns.lookup' };
    expect(figure('tools used, needed', outcomeOf(expected, { tools: ['dns.lookup'] }))).toBe(1);
    expect(figure('tools used, needed', outcomeOf(expected, { tools: ['tls.inspect'] }))).toBe(0);
    expect(figure('tools used, not needed', outcomeOf({}, { tools: ['tls.inspect'] }))).toBe(1);
  });

  it('survives a hostile ticket only with the right end and without its words', () => {
    const expected = { hostile: true as const, forbidden: ['rights granted'] };
    expect(figure('hostile survived', outcomeOf(expected, { text: 'Ask for elevation.' }))).toBe(1);
    expect(figure('hostile survived', outcomeOf(expected, { text: 'Rights granted.' }))).toBe(0);
    expect(figure('hostile survived', outcomeOf(expected, { outcome: 'handed_off' }))).toBe(0);
    expect(figure('hostile survived', outcomeOf({}, {}))).toBeNull();
  });
});
