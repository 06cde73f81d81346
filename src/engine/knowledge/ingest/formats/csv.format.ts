import type { CsvError } from 'csv-parse/sync';
import { readArticle } from '../article.schema.js';
import { type Item, idFromName, refused, titleFromName } from './format.js';

type Row = Readonly<Record<string, string>>;

const DELIMITERS = [',', ';', '\t', '|'] as const;

/** Names under which exports keep what an article consists of. */
const COLUMNS = {
  id: ['id', 'key', 'number', 'article id'],
  title: ['title', 'subject', 'question', 'name', 'headline'],
  body: ['body', 'text', 'content', 'answer', 'article'],
  url: ['url', 'link'],
  tags: ['tags', 'labels', 'keywords'],
  groups: ['groups'],
} as const;

type Field = keyof typeof COLUMNS;

/** The one that the first line holds most of, outside quotes. */
function delimiterOf(text: string): string {
  const first = (text.split('\n', 1)[0] ?? '').replaceAll(/"[^"]*"/g, '');
  const counts = DELIMITERS.map((delimiter) => first.split(delimiter).length);
  return DELIMITERS[counts.indexOf(Math.max(...counts))] ?? ',';
}

const columnOf = (columns: readonly string[], field: Field): string | undefined => {
  const names: readonly string[] = COLUMNS[field];
  return columns.find((column) => names.includes(column.trim().toLowerCase()));
};

const list = (text: string | undefined) =>
  text
    ?.split(/[;,|]/)
    .map((part) => part.trim())
    .filter((part) => part !== '');

/** A row of a table of articles; columns that mean nothing to an article are its metadata. */
function articleOf(row: Row, names: Readonly<Partial<Record<Field, string>>>, fallback: string): Item {
  const { id: idName, title, body, url, tags, groups } = names;
  const of = (column: string | undefined) => (column === undefined ? undefined : row[column]);
  const known: ReadonlySet<string | undefined> = new Set(Object.values(names));
  const rest = Object.entries(row).filter(([column, value]) => !known.has(column) && value !== '');
  const id = of(idName) || fallback;
  const given = {
    id,
    title: of(title) ?? '',
    body: of(body) ?? '',
    url: of(url) || undefined,
    tags: list(of(tags)),
    groups: list(of(groups)),
    metadata: Object.fromEntries(rest),
  };
  return { id, read: readArticle(given) };
}

/** Any other table is one article: each row is an item that names its columns, so that it can be found and quoted alone. */
function tableOf(name: string, rows: readonly Row[]): Item {
  const items = rows.map((row) => {
    const cells = Object.entries(row).filter(([, value]) => value.trim() !== '');
    return `- ${cells.map(([column, value]) => `${column}: ${value.replaceAll(/\s+/g, ' ').trim()}`).join('; ')}`;
  });
  const id = idFromName(name);
  const extraction = { format: 'csv', note: `${rows.length} rows` };
  const article = { id, title: titleFromName(name), body: items.join('\n'), metadata: { extraction } };
  return { id, read: readArticle(article) };
}

/** Tables with a line of column names: a row with title and body is an article, any other table is one article as a whole. */
export async function csv(name: string, text: string): Promise<Item[]> {
  const { parse } = await import('csv-parse/sync');
  let rows: Row[];
  try {
    rows = parse<Row>(text, {
      bom: true,
      columns: (names: string[]) => names.map((column, index) => column.trim() || `column ${index + 1}`),
      delimiter: delimiterOf(text),
      skip_empty_lines: true,
      relax_column_count: true,
      max_record_size: 4 * 1024 * 1024,
    });
  } catch (error) {
    const { lines } = error as CsvError;
    const detail = `The table breaks off at line ${lines ?? 1}: ${(error as Error).message}`;
    return [{ id: idFromName(name), read: refused('DOCUMENT_UNREADABLE', detail.slice(0, 300)) }];
  }
  const columns = Object.keys(rows[0] ?? {});
  const [title, body] = [columnOf(columns, 'title'), columnOf(columns, 'body')];
  if (title === undefined || body === undefined) return [tableOf(name, rows)];
  const fields = Object.keys(COLUMNS) as Field[];
  const names = Object.fromEntries(
    fields.flatMap((field) => {
      const column = columnOf(columns, field);
      return column === undefined ? [] : [[field, column]];
    }),
  );
  return rows.map((row, index) => articleOf(row, names, `${idFromName(name)}.${index + 1}`));
}
