import { describe, expect, it } from '@jest/globals';
import type { Evidence } from '../../agents/contracts/index.js';
import { unsoundness } from './soundness.js';

const QUOTE =
  '1. Open **Settings** and wait\n   30 seconds.\n2. Run `mixer --all`.\n\nThe mixer-2 is\nready after that.';
const EVIDENCE: Evidence[] = [
  { id: 'e1', kind: 'passage', source: 'kb:a#0', title: 'Mixer', quote: QUOTE, span: [0, 90], hash: '' },
];
const judge = (text: string, evidence = ['e1']) => unsoundness({ text, evidence, supported: true }, EVIDENCE);

describe('unsoundness', () => {
  it.each([
    'Open **Settings** and wait 30 seconds.',
    'Run `mixer --all`.',
    'The mixer-2 is ready after that.',
  ])('finds nothing wrong with an excerpt: %s', (text) => expect(judge(text)).toBeNull());

  it.each([
    ['another number', 'Open **Settings** and wait 40 seconds.', /“40” is not in its evidence/],
    ['another command', 'Run `mixer --some`.', /“mixer --some” is not in its evidence/],
    ['other words', 'The mixer is broken.', /no excerpt/],
    ['words in another order', 'Run `mixer --all`. Open **Settings**', /no excerpt/],
  ])('finds %s', (_, text, fault) => expect(judge(text)).toMatch(fault));

  it('finds a claim whose evidence is not there', () => {
    expect(judge('Run `mixer --all`.', ['e9'])).toBe('cites nothing that is there');
  });
});
