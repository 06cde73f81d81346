import { describe, expect, it } from '@jest/globals';
import type { Evidence } from '../contracts/index.js';
import type { Knowledge, Passage } from '../ports.js';
import { testRun } from '../testing/run-context.js';
import { productsIn, unknownProduct } from './product-check.js';

const passage = (text: string): Passage => ({
  documentId: 'd',
  chunkId: '0',
  title: 'Toasters',
  headings: [],
  text,
  span: [0, text.length],
  position: 0,
  score: 1,
  coverage: 1,
});

/** Finds what resembles the query, as a search does: the check has to look itself. */
const knowledgeOf = (...texts: string[]): Knowledge => ({
  search: () => Promise.resolve(texts.map(passage)),
  open: () => Promise.resolve([]),
});

const evidence = (quote: string): Evidence => ({
  id: 'ev_1',
  kind: 'passage',
  source: 'kb:d#0',
  title: 'Toasters',
  quote,
  span: [0, quote.length],
  hash: '',
});

describe('product check', () => {
  it.each([
    ['with a model', 'Glowtec GT400 burns bread', ['Glowtec']],
    ['with a version', 'toaster driver for Plumix 43', ['Plumix']],
    ['before a thing of computers', 'I removed the Crumbbox folder of the bakery', ['Crumbbox']],
    ['as a brand with inner capitals', 'Can I toast with the ToastMaster?', ['ToastMaster']],
    [
      'in the story, but more than once',
      'Bread\nOur Crumbbox account is gone. Where is Crumbbox?',
      ['Crumbbox'],
    ],
  ])('reads a product named %s', (_, message, products) => {
    expect(productsIn(message)).toEqual(products);
  });

  it.each([
    ['people', "Brenda's toaster burns, can Brenda or Karen Haig mend it?"],
    ['places', 'Toaster in Leeds is dead, is it the same in Bristol?'],
    ['dates', 'The toaster died on April 28'],
    ['trips', 'Nairobi & Mombasa 23-29 Nov, is there toast?'],
    ['common words', 'Station 3 has no toaster, the other station has two'],
    ['asides', 'The toaster burns bread\nI bought it after the Plumix 43 fair.'],
  ])('takes no product from %s', (_, message) => {
    expect(productsIn(message)).toEqual([]);
  });

  it('tells the product that nothing speaks of', async () => {
    const unknown = await unknownProduct(
      'Glowtec GT400 burns bread',
      [evidence('Our toasters burn bread.')],
      knowledgeOf('Bread burns where crumbs lie.'),
      testRun(),
    );
    expect(unknown).toBe('Glowtec');
  });

  it.each([
    ['the evidence', [evidence('The Glowtec burns bread.')], knowledgeOf()],
    ['another document', [evidence('Our toasters burn bread.')], knowledgeOf('See the GLOWTEC manual.')],
  ])('knows what %s speaks of', async (_, read, knowledge) => {
    expect(await unknownProduct('Glowtec GT400 burns bread', read, knowledge, testRun())).toBeNull();
  });
});
