import { parse as parseYaml } from 'yaml';
import { type Read, readArticle } from '../article.schema.js';
import { type Item, idFromName, MAX_DOCUMENT_BYTES, refused, titleFromName } from './format.js';

const LONGEST_TITLE_LINE = 120;
const FRONT_MATTER = /^---\r?\n([\s\S]{0,20000}?)\r?\n---(?:\r?\n|$)/;

/** Markdown; the keys of its front matter are the article's. */
export function markdown(name: string, text: string): Item[] {
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

/** Text; a short first line is its title. */
export function plain(name: string, body: string): Item[] {
  const first = body.trimStart().split('\n', 1)[0]?.trim() ?? '';
  const title = first.length <= LONGEST_TITLE_LINE ? first : titleFromName(name);
  const id = idFromName(name);
  return [{ id, read: readArticle({ id, title, body }) }];
}

function parsedJson(text: string): Read<unknown> {
  try {
    return { value: JSON.parse(text) };
  } catch {
    return refused('INVALID_JSON', 'This is not one well-formed JSON value.');
  }
}

const isList = (value: unknown): value is { articles: unknown[] } =>
  typeof value === 'object' && value !== null && 'articles' in value && Array.isArray(value.articles);

const idOf = (value: unknown, fallback: string) =>
  typeof value === 'object' && value !== null && 'id' in value && typeof value.id === 'string'
    ? value.id
    : fallback;

/** One article, an array of them, or `{articles}`. */
export function jsonArticles(name: string, text: string): Item[] {
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

function jsonLine(line: string, place: string): { id: string; read: Item['read'] } {
  if (line.length > MAX_DOCUMENT_BYTES)
    return { id: place, read: refused('PAYLOAD_TOO_LARGE', 'a line may have at most 32 MiB.') };
  const parsed = parsedJson(line);
  return 'error' in parsed
    ? { id: place, read: parsed }
    : { id: idOf(parsed.value, place), read: readArticle(parsed.value) };
}

/** An article a line; each bad line is named. */
export function jsonLines(_name: string, text: string): Item[] {
  return text.split('\n').flatMap((line, index): Item[] => {
    if (line.trim() === '') return [];
    const { id, read } = jsonLine(line, `line ${index + 1}`);
    if (!('error' in read)) return [{ id, read }];
    return [{ id, read: refused(read.error.code, `Line ${index + 1}: ${read.error.detail}`) }];
  });
}
