import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { CHUNKING } from '../../runtime.contract.js';
import { blocksOf } from './blocks.js';
import { chunk } from './chunking.js';

const words = (count: number, word = 'word') => Array.from({ length: count }, () => word).join(' ');
const texts = (body: string) => chunk(body).map(({ start, end }) => body.slice(start, end));

const line = fc.oneof(
  fc.constantFrom(
    '',
    '',
    '# Title',
    '### Deep ###',
    '```',
    '~~~',
    '---',
    '===',
    '| a | b |',
    '- item',
    '2) two',
  ),
  fc.constantFrom(
    '  nested',
    '    - deeper',
    '\tcode',
    '> quote',
    'x\r',
    '\u00A0',
    '1.',
    '#',
    '😀 smile',
    '####### seven',
  ),
  fc.integer({ min: 1, max: 260 }).map((count) => words(count, 'lorem')),
  fc.string({ unit: 'binary', maxLength: 30 }),
);
const anyBody = fc.array(line, { maxLength: 40 }).map((lines) => lines.join('\n'));

describe('chunk', () => {
  it('covers everything but whitespace, in order, without overlap, for any text', () => {
    fc.assert(
      fc.property(anyBody, fc.constantFrom(...CHUNKING), (body, strategy) => {
        let at = 0;
        for (const { start, end } of chunk(body, strategy)) {
          expect(body.slice(at, start).trim()).toBe('');
          expect(start).toBeGreaterThanOrEqual(at);
          expect(body.slice(start, end)).toBe(body.slice(start, end).trim());
          expect(end).toBeGreaterThan(start);
          at = end;
        }
        expect(body.slice(at).trim()).toBe('');
      }),
      { numRuns: 150 },
    );
  });

  it('never cuts through a list item, a table row or a code block', () => {
    fc.assert(
      fc.property(anyBody, (body) => {
        const cuts = chunk(body).map(({ start }) => start);
        for (const { kind, start, end } of blocksOf(body)) {
          if (kind !== 'text') expect(cuts.filter((cut) => cut > start && cut < end)).toEqual([]);
        }
      }),
      { numRuns: 150 },
    );
  });

  it('divides at headings and tells where each passage stands', () => {
    const body = `# Guide\n\n## Install\n\n${words(120)}\n\n## Use\n\n${words(120)}\n\n### On a Mac\n\n${words(110)}`;
    expect(chunk(body).map(({ headings }) => headings)).toEqual([
      ['Guide', 'Install'],
      ['Guide', 'Use'],
      ['Guide', 'Use', 'On a Mac'],
    ]);
    expect(texts(body)[2]).toMatch(/^### On a Mac\n\nword/);
  });

  it('joins small sections and divides long ones evenly', () => {
    expect(texts(`## A\n\n${words(30)}\n\n## B\n\n${words(30)}`)).toHaveLength(1);
    const steps = Array.from({ length: 20 }, (_, index) => `${index + 1}. ${words(19)}`).join('\n');
    const sizes = texts(`## Steps\n\n${steps}`).map((text) => text.split(/\s+/).length);
    expect(sizes).toHaveLength(3);
    expect(Math.min(...sizes)).toBeGreaterThan(90);
    expect(Math.max(...sizes)).toBeLessThan(190);
  });

  it('keeps an underlined heading with its text, and a nested list with its item', () => {
    const body = `Printing\n========\n\n- one\n  - nested\n\n  more of one\n- two`;
    expect(blocksOf(body).map(({ kind, start, end }) => [kind, body.slice(start, end)])).toEqual([
      ['heading', 'Printing\n========'],
      ['item', '- one\n  - nested\n\n  more of one'],
      ['item', '- two'],
    ]);
    expect(chunk(body)[0]?.headings).toEqual(['Printing']);
  });

  it('splits what nobody could read at once, without breaking a character', () => {
    const body = '😀'.repeat(20_000);
    const parts = texts(body);
    expect(parts.length).toBeGreaterThan(10);
    expect(parts.every((part) => part.isWellFormed())).toBe(true);
    expect(parts.join('')).toBe(body);
  });

  it('keeps passages bounded in hostile text', () => {
    for (const unit of ['# a\n', '- ', '`', '```\n', '|', '.', '* * ', '=\n', 'a\n-\n', '| a\n', 'a\n\n']) {
      const parts = texts(unit.repeat(Math.ceil(400_000 / unit.length)));
      expect(parts.length).toBeGreaterThan(20);
      expect(Math.max(...parts.map(({ length }) => length))).toBeLessThan(16_000);
    }
  });
});
