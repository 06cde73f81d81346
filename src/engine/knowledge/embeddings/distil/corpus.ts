import { createHash } from 'node:crypto';
import { z } from 'zod';
import { blocksOf } from '../../ingest/blocks.js';
import { htmlText } from '../../ingest/html.js';

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

/** The fields of a row of JSON Lines that people wrote. */
const FIELDS = [
  'title',
  'subject',
  'question',
  'query',
  'text',
  'body',
  'description',
  'answer',
  'resolution',
];

const rowSchema = z.record(z.string(), z.unknown());

function fieldsOf(line: string): string {
  try {
    const { data } = rowSchema.safeParse(JSON.parse(line));
    return FIELDS.flatMap((field) => (typeof data?.[field] === 'string' ? [data[field]] : [])).join('\n\n');
  } catch {
    return '';
  }
}

/** How the text is got out of a file, by its ending. */
const READERS: Readonly<Record<string, (text: string) => string>> = {
  md: (text) => text,
  markdown: (text) => text,
  txt: (text) => text,
  text: (text) => text,
  html: (text) => htmlText(text).body,
  htm: (text) => htmlText(text).body,
  jsonl: (text) => text.split('\n').map(fieldsOf).join('\n\n'),
  ndjson: (text) => text.split('\n').map(fieldsOf).join('\n\n'),
};

/** The texts of a file: headings, paragraphs, list items and rows; code says nothing to a reader. Other files give none. */
export function textsOf(name: string, bytes: Uint8Array): string[] {
  const ending = (/\.([^./]+)$/.exec(name)?.[1] ?? '').toLowerCase();
  const read = Object.hasOwn(READERS, ending) ? READERS[ending] : undefined;
  if (!read) return [];
  const document = read(new TextDecoder().decode(bytes));
  return blocksOf(document)
    .filter(({ kind }) => kind !== 'code')
    .flatMap(({ start, end }) => cut(document.slice(start, end).replace(MARKUP, ' ')));
}

/**
 * The distinct ones of all texts, at most `limit`, ordered by a hash: any beginning of the list is a fair sample of the
 * whole, and the same texts give the same list.
 */
export function sampleTexts(texts: Iterable<string>, limit: number): readonly string[] {
  const hashed = new Map<string, string>();
  for (const text of texts) hashed.set(createHash('sha256').update(text).digest('hex'), text);
  return [...hashed]
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .slice(0, limit)
    .map(([, text]) => text);
}
