import { parse as parseYaml } from 'yaml';
import type { ArticleInput, IngestedDocument, SourceFile } from '../../runtime.contract.js';
import { type Read, type Rejection, readArticle } from './article.schema.js';
import { htmlText } from './html.js';

export interface RejectedDocument extends IngestedDocument {
  readonly error: Rejection;
}

export interface ReadFile {
  readonly articles: readonly ArticleInput[];
  readonly rejected: readonly RejectedDocument[];
}

/** Largest document, and largest line of a JSONL file. */
export const MAX_DOCUMENT_BYTES = 32 * 1024 * 1024;
/** Largest file of many documents. */
export const MAX_LIST_BYTES = 256 * 1024 * 1024;

type Item = { readonly id: string; readonly read: Read<ArticleInput> };

const LONGEST_TITLE_LINE = 120;
const FRONT_MATTER = /^---\r?\n([\s\S]{0,20000}?)\r?\n---(?:\r?\n|$)/;

const refused = (code: Rejection['code'], detail: string): Read<never> => ({ error: { code, detail } });

/** `Guides/VPN set-up.md` → `guides.vpn-set-up`. */
export function idFromName(name: string): string {
  const parts = name.replace(/\.[^./]*$/, '').split('/');
  const slugs = parts.map((part) =>
    part
      .normalize('NFC')
      .toLowerCase()
      .split(/[^\p{L}\p{N}]+/u)
      .filter((word) => word !== '')
      .join('-'),
  );
  return (
    slugs
      .filter((slug) => slug !== '')
      .join('.')
      .slice(0, 256) || 'untitled'
  );
}

const titleFromName = (name: string) =>
  (name.split('/').at(-1) ?? name).replace(/\.[^.]*$/, '').replaceAll(/[-_]+/g, ' ');

function parsedJson(text: string): Read<unknown> {
  try {
    return { value: JSON.parse(text) };
  } catch {
    return refused('INVALID_JSON', 'This is not one well-formed JSON value.');
  }
}

function markdown(name: string, text: string): Item[] {
  const front = FRONT_MATTER.exec(text);
  const body = front ? text.slice(front[0].length) : text;
  const heading = /^ {0,3}#{1,6}[ \t]+(.{1,300})/m.exec(body)?.[1]?.trim();
  const own = { id: idFromName(name), title: heading || titleFromName(name), body };
  try {
    const given: unknown = front ? parseYaml(front[1] ?? '') : {};
    const fields = typeof given === 'object' && given !== null ? given : {};
    return [{ id: own.id, read: readArticle({ ...own, ...fields, body }) }];
  } catch {
    return [{ id: own.id, read: refused('VALIDATION_FAILED', 'The front matter is not valid YAML.') }];
  }
}

function plain(name: string, body: string): Item[] {
  const first = body.trimStart().split('\n', 1)[0]?.trim() ?? '';
  const title = first.length <= LONGEST_TITLE_LINE ? first : titleFromName(name);
  const id = idFromName(name);
  return [{ id, read: readArticle({ id, title, body }) }];
}

function html(name: string, text: string): Item[] {
  const id = idFromName(name);
  const { title, body } = htmlText(text);
  return [{ id, read: readArticle({ id, title: title ?? titleFromName(name), body }) }];
}

const isList = (value: unknown): value is { articles: unknown[] } =>
  typeof value === 'object' && value !== null && 'articles' in value && Array.isArray(value.articles);

const idOf = (value: unknown, fallback: string) =>
  typeof value === 'object' && value !== null && 'id' in value && typeof value.id === 'string'
    ? value.id
    : fallback;

function jsonArticles(name: string, text: string): Item[] {
  const parsed = parsedJson(text);
  if ('error' in parsed) return [{ id: idFromName(name), read: parsed }];
  const { value } = parsed;
  const many = Array.isArray(value) ? value : isList(value) ? value.articles : undefined;
  if (!many) {
    const id = idFromName(name);
    const own = typeof value === 'object' ? { id, ...value } : value;
    return [{ id: idOf(value, id), read: readArticle(own) }];
  }
  return many.map((item: unknown, index) => ({
    id: idOf(item, `item ${index + 1}`),
    read: readArticle(item),
  }));
}

function jsonLines(_name: string, text: string): Item[] {
  return text.split('\n').flatMap((line, index): Item[] => {
    if (line.trim() === '') return [];
    const parsed = parsedJson(line);
    const read = 'error' in parsed ? parsed : readArticle(parsed.value);
    const id = 'error' in parsed ? `line ${index + 1}` : idOf(parsed.value, `line ${index + 1}`);
    if (!('error' in read)) return [{ id, read }];
    return [{ id, read: refused(read.error.code, `Line ${index + 1}: ${read.error.detail}`) }];
  });
}

type Reader = (name: string, text: string) => Item[];

const READERS: Readonly<Record<string, Reader>> = {
  md: markdown,
  markdown,
  txt: plain,
  text: plain,
  html,
  htm: html,
  json: jsonArticles,
  jsonl: jsonLines,
  ndjson: jsonLines,
};

/** Endings of the files that can be read, without the dot. */
export const READABLE_ENDINGS: readonly string[] = Object.keys(READERS);

/** Reads the text of a file, or says why it has none. */
function decode(bytes: Uint8Array): Read<string> {
  if (bytes.includes(0)) return refused('UNSUPPORTED_MEDIA_TYPE', 'This is a binary file.');
  try {
    const value = new TextDecoder('utf-8', { fatal: true }).decode(bytes);
    return value.trim() === '' ? refused('VALIDATION_FAILED', 'The file is empty.') : { value };
  } catch {
    return refused('UNSUPPORTED_MEDIA_TYPE', 'The text is not UTF-8.');
  }
}

function itemsOf({ name, bytes }: SourceFile): Item[] {
  const ending = (/\.([^./]+)$/.exec(name)?.[1] ?? '').toLowerCase();
  const reader = READERS[ending];
  const alone = (read: Read<never>): Item[] => [{ id: idFromName(name), read }];
  if (!reader) {
    return alone(
      refused('UNSUPPORTED_MEDIA_TYPE', `Files that can be read end in ${READABLE_ENDINGS.join(', ')}.`),
    );
  }
  const most = reader === jsonLines ? MAX_LIST_BYTES : MAX_DOCUMENT_BYTES;
  if (bytes.length > most) {
    return alone(refused('PAYLOAD_TOO_LARGE', `The file is larger than ${most / 1024 / 1024} MiB.`));
  }
  const text = decode(bytes);
  return 'error' in text ? alone(text) : reader(name, text.value);
}

/**
 * Reads the articles of one file by its ending: Markdown (with front matter), text, HTML, JSON (one article, an array,
 * or `{articles}`) and JSONL. Never throws: what cannot be read is named with a code, beside what can.
 */
export function readArticles(file: SourceFile): ReadFile {
  const articles: ArticleInput[] = [];
  const rejected: RejectedDocument[] = [];
  for (const { id, read } of itemsOf(file)) {
    if ('error' in read) rejected.push({ id, status: 'rejected', passages: 0, error: read.error });
    else articles.push(read.value);
  }
  const [only] = articles;
  if (!only || articles.length > 1) return { articles, rejected };
  const { id = only.id, title = only.title } = file;
  return { articles: [{ ...only, id, title }], rejected };
}
