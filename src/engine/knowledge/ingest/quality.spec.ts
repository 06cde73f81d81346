import { describe, expect, it } from '@jest/globals';
import { qualityOf } from './quality.js';

const SENTENCE = 'The printer on the third floor takes toner of type TN-9 from the grey cupboard. ';
const article = (body: string, title = 'Printer toner') => ({ id: 'a', title, body });
const paragraphs = (count: number) => Array.from({ length: count }, () => SENTENCE.repeat(5)).join('\n\n');

describe('the quality of an article', () => {
  it.each([
    ['nothing in a good one', article(paragraphs(2)), []],
    ['nothing in a long one with headings', article(`## Floor 3\n\n${paragraphs(12)}`), []],
    ['too little text', article('Ask for toner.'), [/little/]],
    ['no headings', article(paragraphs(12)), [/headings/]],
    ['an endless paragraph', article(`# Toner\n${SENTENCE.repeat(40)}`), [/paragraph/]],
    ['a foreign title', article(paragraphs(2), 'Salaries'), [/title/]],
    ['nothing in a title of other forms', article(paragraphs(2), 'Printers'), []],
    ['a placeholder', article(`${paragraphs(2)}\n\nTODO: the other floors`), [/placeholder/]],
    ['nothing in a word that only looks like one', article(`${paragraphs(2)} Todos os dias.`), []],
  ])('finds %s', (_, given, expected) => {
    expect(qualityOf(given)).toEqual(expected.map((pattern) => expect.stringMatching(pattern)));
  });
});
