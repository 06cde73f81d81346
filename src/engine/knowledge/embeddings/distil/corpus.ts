import { createHash } from 'node:crypto';
import { blocksOf } from '../../ingest/blocks.js';

/** A text of the corpus: as long as what people ask, and short enough for any teacher. */
const FEWEST_WORDS = 3;
const MOST_WORDS = 60;

const SENTENCE_END = /(?<=[.!?:])\s+(?=\p{Lu})/u;
const MARKUP = /^(?:#{1,6}\s|[-*+]\s|\d{1,9}[.)]\s|>\s?|\|)+|[*_`]{1,3}|\|/gmu;

/** Joins sentences to texts of at most `MOST_WORDS` words. */
function cut(paragraph: string): string[] {
  const texts: string[][] = [[]];
  for (const sentence of paragraph.split(SENTENCE_END)) {
    const words = sentence
      .split(/\s+/)
      .filter((word) => word !== '')
      .slice(0, MOST_WORDS);
    const last = texts.at(-1);
    if (last && last.length + words.length <= MOST_WORDS) last.push(...words);
    else texts.push(words);
  }
  return texts.filter(({ length }) => length >= FEWEST_WORDS).map((words) => words.join(' '));
}

/** The texts of a Markdown or plain document: headings, paragraphs, list items and rows; code says nothing to a reader. */
export function textsOf(document: string): string[] {
  return blocksOf(document)
    .filter(({ kind }) => kind !== 'code')
    .flatMap(({ start, end }) => cut(document.slice(start, end).replace(MARKUP, ' ')));
}

/**
 * The distinct texts of all documents, at most `limit`, ordered by a hash: any beginning of the list is a fair sample of
 * the whole, and the same documents give the same list.
 */
export function sampleTexts(documents: Iterable<string>, limit: number): readonly string[] {
  const texts = new Map<string, string>();
  for (const document of documents) {
    for (const text of textsOf(document)) texts.set(createHash('sha256').update(text).digest('hex'), text);
  }
  return [...texts]
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .slice(0, limit)
    .map(([, text]) => text);
}
