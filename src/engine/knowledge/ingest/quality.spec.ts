import { describe, expect, it } from '@jest/globals';
import { findingsOf, gateOf, measure, qualityOf } from './quality.js';

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

describe('the measures of a document', () => {
  const LINES = Array.from(
    { length: 40 },
    (_, index) => `Room ${index} has a printer that takes toner TN-${index}.`,
  );
  const scanned = (share: number) => ({ ...article(LINES.join('\n')), metadata: { extraction: { share } } });

  it.each([
    ['a good one', article(LINES.join('\n')), { extraction: 1, readability: 1, originality: 1 }],
    ['one that was half scanned', scanned(0.5), { extraction: 0.5 }],
    ['one that repeats itself', article(`${LINES.join('\n')}\n`.repeat(4)), { originality: 0.25 }],
    ['one of lost characters', article('a\uFFFD'.repeat(50)), { readability: 0.5 }],
    ['one that holds a packed file', article(`toner ${'QUJD'.repeat(100)}`), { readability: 0.012 }],
    ['one in a script without spaces', article('打印机在三楼。'.repeat(60)), { readability: 1 }],
  ])('tell of %s', (_, given, expected) => {
    expect(measure(given)).toMatchObject(expected);
  });

  it('refuse what is worse than nothing, and tell of what could be better', () => {
    const good = measure(scanned(1));
    expect([gateOf(good), findingsOf(good)]).toEqual([undefined, []]);
    const half = measure(scanned(0.5));
    expect([gateOf(half), findingsOf(half)]).toEqual([
      undefined,
      [expect.stringMatching(/50 % of its pages/)],
    ]);
    expect(gateOf(measure(scanned(0.1)))).toEqual({
      code: 'DOCUMENT_QUALITY',
      detail: 'Only 10 % of its pages hold text; the others are pictures.',
    });
    expect(gateOf(measure(article('\uE001\uE002'.repeat(200))))?.code).toBe('DOCUMENT_QUALITY');
  });
});
