import { describe, expect, it } from '@jest/globals';
import type { Claim, Evidence } from '../contracts/index.js';
import { checkCompleteness } from './completeness-check.js';

const evidence = (id: string, document: string, quote: string): Evidence => ({
  id,
  kind: 'passage',
  source: `kb:${document}#${id}`,
  title: 'Toaster',
  quote,
  span: [0, quote.length],
  hash: '',
});
const claim = (text: string, id = 'ev_1'): Claim => ({ text, evidence: [id], supported: true });

const CAUSE = evidence('ev_1', 'toaster', 'Crumbs under the heater burn the bread.');
const STEPS = evidence('ev_2', 'toaster', '## Clean it\n\n1. Unplug the toaster.\n2. Empty the tray.');
const OTHER = evidence('ev_3', 'kettle', '1. Fill the kettle.');
const partsOf = (question: string, claims: Claim[], read = [CAUSE, STEPS]) =>
  checkCompleteness(question, claims, read).map(({ kind, part }) => [kind, part]);

describe('completeness check', () => {
  it.each([
    ['The toaster burns. Who mends it?', 'Who mends it?', 'The kitchen team mends it.'],
    ['How long does it take?', 'How long does it take?', 'It takes 20 minutes.'],
    ['What does a new one cost?', 'What does a new one cost?', 'It is £35.'],
  ])('misses what a question word asks for: %s', (question, part, telling) => {
    expect(partsOf(question, [claim('Crumbs burn the bread.')])).toEqual([['unanswered', part]]);
    expect(partsOf(question, [claim(telling)])).toEqual([]);
  });

  it('misses steps that the cited document lists', () => {
    const question = 'The toaster burns the bread\nIt smells.';
    expect(partsOf(question, [claim(CAUSE.quote)])).toEqual([['unanswered', 'The toaster burns the bread']]);
    expect(partsOf(question, [claim(CAUSE.quote), claim('Unplug the toaster.', 'ev_2')])).toEqual([]);
  });

  it('wants no steps of a document that nobody cites', () => {
    expect(partsOf('The toaster burns', [claim(CAUSE.quote)], [CAUSE, OTHER])).toEqual([]);
  });

  it('has nothing to say where nothing is claimed', () => {
    expect(partsOf('Who mends it?', [])).toEqual([]);
  });
});
