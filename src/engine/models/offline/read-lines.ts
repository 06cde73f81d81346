import { type Block, type Entry, entryOf, listing, prose } from './blocks.js';
import { jsonAt, parseObject, readJson } from './read-json.js';

const HEADING = /^\s*(?:#{1,6}\s+(.+?)\s*#*|\*\*([^*]+)\*\*:?|([^\s|>:-][^|:.?!]{0,80}):)\s*$/;
const ITEM = /^(\s*)(?:[-*•+–]|(\d{1,3})[.)])\s+(\S.*)$/;
const DEFINITION =
  /^(?:\*\*(.{1,60}?)\*\*|`(.{1,60}?)`|"(.{1,60}?)"|\[([^\]\s]{1,40})\]|([^:=–—→|]{1,60}?))\s*(?::\s|–\s|—\s|\s-\s|\s=>?\s|\s→\s|:$)\s*(.*)$/s;
const MARKED =
  /^(?:\[([\w.:#/-]+)\]|\(([\w-]*\d[\w-]*)\)|#{1,6}\s+\[?([A-Za-z]*[_-]?[\w-]*\d[\w-]*)\]?(?=$|[\s:–—-])|id:\s*(\S+)|([A-Za-z]{1,12}[_-][\w-]*\d+|[a-z]{1,4}\d+)(?=[:)]))[:)\s–—-]*(.*)$/;
const PAIR = /^([\p{L}][^:\n]{0,40}?):(?:\s+(.*))?$/u;
const FENCE = /^\s*(?:```\w*|"""|'''|~~~)\s*$/;
const RULE = /^\s*(?:-{3,}|={3,}|\*{3,})\s*$/;

interface Cursor {
  readonly lines: readonly string[];
  readonly from: number;
  readonly name: string;
}
interface Taken {
  readonly blocks: readonly Block[];
  readonly next: number;
}
/** Reads the structure that begins at a line, or leaves it to the next reader. */
type Reader = (cursor: Cursor) => Taken | undefined;

const firstOf = (groups: readonly (string | undefined)[]): string =>
  groups.find((group) => group !== undefined) ?? '';

/** An item `label: description`, `label – description`, a bare label, or a sentence, which has no key but its number. */
function itemEntry(content: string, number: string | undefined): Entry {
  const object = parseObject(content);
  if (object) {
    const [block] = readJson([object], '');
    if (block?.entries[0]) return block.entries[0];
  }
  const [, ...groups] = DEFINITION.exec(content) ?? [];
  const text = groups.pop() ?? '';
  const label = firstOf(groups).trim();
  if (label !== '' && label.split(/\s+/).length <= 6) return { key: label, text: text.trim(), fields: {} };
  const bare = content.replace(/^[`"*]+|[`"*]+$/g, '').trim();
  if (number !== undefined) return { key: number, text: content, fields: {} };
  return bare.split(/\s+/).length <= 6
    ? { key: bare, text: '', fields: {} }
    : { key: '', text: content, fields: {} };
}

const readItems: Reader = ({ lines, from, name }) => {
  const entries: { content: string; number: string | undefined }[] = [];
  let next = from;
  for (; next < lines.length; next += 1) {
    const line = lines[next] ?? '';
    const item = ITEM.exec(line);
    const last = entries.at(-1);
    if (item) entries.push({ content: item[3] ?? '', number: item[2] });
    else if (last && /^\s{2,}\S/.test(line)) last.content += `\n${line.trim()}`;
    else if (line.trim() !== '' || !ITEM.test(lines[next + 1] ?? '')) break;
  }
  if (entries.length === 0) return undefined;
  return {
    blocks: [
      listing(
        name,
        entries.map(({ content, number }) => itemEntry(content, number)),
      ),
    ],
    next,
  };
};

const readTable: Reader = ({ lines, from, name }) => {
  const cells = (line: string) =>
    line
      .trim()
      .replace(/^\||\|$/g, '')
      .split('|')
      .map((cell) => cell.trim().replace(/^[`*]+|[`*]+$/g, ''));
  if (!/\|/.test(lines[from] ?? '') || !/^\s*\|?[\s:|-]*-[\s:|-]*\|[\s:|-]*$/.test(lines[from + 1] ?? ''))
    return undefined;
  const header = cells(lines[from] ?? '');
  const entries: Entry[] = [];
  let next = from + 2;
  for (; /\|/.test(lines[next] ?? ''); next += 1) {
    const row = cells(lines[next] ?? '');
    const fields = Object.fromEntries(header.map((title, column) => [title, row[column] ?? '']));
    const texts = row.slice(1).filter(Boolean);
    entries.push({ key: row[0] ?? '', text: texts.join(' '), fields });
  }
  return { blocks: [listing(name, entries)], next };
};

const readFence: Reader = ({ lines, from, name }) => {
  const mark = FENCE.exec(lines[from] ?? '');
  if (!mark) return undefined;
  const closing = (mark[0] ?? '').trim().slice(0, 3);
  const end = lines.findIndex((line, index) => index > from && line.trim() === closing);
  if (end < 0) return undefined;
  const inner = lines.slice(from + 1, end);
  const json = jsonAt(inner, 0);
  return { blocks: json ? readJson(json.value, name) : [prose(name, inner.join('\n'), true)], next: end + 1 };
};

const readJsonLines: Reader = ({ lines, from, name }) => {
  const json = jsonAt(lines, from);
  return json && { blocks: readJson(json.value, name), next: json.next };
};

/** Blocks that begin with an id of their own, such as `[3] Title` or `### ev-7`, up to the next of their kind. */
const readMarked: Reader = ({ lines, from, name }) => {
  const styleOf = (line: string): number =>
    (MARKED.exec(line) ?? []).slice(1, 6).findIndex((group) => group !== undefined);
  const style = styleOf(lines[from] ?? '');
  if (style < 0) return undefined;
  const entries: { key: string; title: string; body: string[] }[] = [];
  let next = from;
  for (; next < lines.length; next += 1) {
    const line = lines[next] ?? '';
    const mark = MARKED.exec(line);
    const afterBlank = (lines[next - 1] ?? '').trim() === '';
    if (mark && styleOf(line) === style) {
      entries.push({ key: firstOf(mark.slice(1, 6)), title: (mark[6] ?? '').trim(), body: [] });
    } else if (
      afterBlank &&
      next > from &&
      (/^# \S/.test(line) || PAIR.test(line) || FENCE.test(line) || RULE.test(line))
    ) {
      break;
    } else entries.at(-1)?.body.push(line);
  }
  const blocks = entries.map(({ key, title, body }) => {
    const rest = body.join('\n').trim();
    const text = rest === '' ? title : rest;
    return { key, text, fields: rest === '' ? {} : { title } };
  });
  return { blocks: [listing(name, blocks)], next };
};

/** Runs of `name: value`: definitions where each name stands once, records where the names come round again. */
const readPairs: Reader = ({ lines, from, name }) => {
  const pairs: { key: string; value: string }[] = [];
  let next = from;
  for (; next < lines.length; next += 1) {
    const line = lines[next] ?? '';
    const [, key, value = ''] = PAIR.exec(line) ?? [];
    const last = pairs.at(-1);
    const comesRound = key !== undefined && pairs.some((pair) => pair.key === key);
    if (key !== undefined && (lines[next - 1]?.trim() !== '' || next === from || comesRound))
      pairs.push({ key, value });
    else if (line.trim() === '' && PAIR.test(lines[next + 1] ?? '')) continue;
    else if (last && line.trim() !== '' && !ITEM.test(line) && !HEADING.test(line)) last.value += `\n${line}`;
    else break;
  }
  const first = pairs[0];
  if (!first || pairs.length < 2) return undefined;
  if (!pairs.some((pair, index) => index > 0 && pair.key === first.key)) {
    return {
      blocks: [
        listing(
          name,
          pairs.map(({ key, value }) => ({ key, text: value.trim(), fields: { [key]: value } })),
        ),
      ],
      next,
    };
  }
  const records: Record<string, string>[] = [];
  for (const { key, value } of pairs) {
    if (key === first.key || records.length === 0) records.push({});
    const record = records.at(-1);
    if (record) record[key] = value.trim();
  }
  const entries = records.map((record) =>
    entryOf(
      record,
      undefined,
      Object.values(record)
        .map(parseObject)
        .find((value) => value !== undefined),
    ),
  );
  return { blocks: [listing(name, entries)], next };
};

const READERS: readonly Reader[] = [readFence, readJsonLines, readTable, readMarked, readItems, readPairs];

/** The blocks of a text without tags: lists, tables, JSON, fenced and identified blocks, definitions, paragraphs. */
export function readLines(text: string, outerName: string): Block[] {
  const lines = text.split('\n');
  const blocks: Block[] = [];
  let name = outerName;
  let paragraph: string[] = [];
  const flush = () => {
    const body = paragraph.join('\n').trim();
    if (body !== '') blocks.push(prose(name, body));
    paragraph = [];
  };
  for (let index = 0; index < lines.length; ) {
    const line = lines[index] ?? '';
    const leadIn = paragraph.at(-1) ?? '';
    const taken = firstTaken({ lines, from: index, name: /:\s*$/.test(leadIn) ? `${name} ${leadIn}` : name });
    const [, ...headings] = taken ? [] : (HEADING.exec(line) ?? []);
    if (taken) {
      flush();
      blocks.push(...taken.blocks);
      index = taken.next;
      continue;
    }
    if (headings.length > 0 || RULE.test(line)) {
      flush();
      name = headings.length > 0 ? firstOf(headings).trim() : outerName;
    } else if (line.trim() === '' && paragraph.length > 0 && name === outerName) flush();
    else paragraph.push(line);
    index += 1;
  }
  flush();
  return blocks;
}

function firstTaken(cursor: Cursor): Taken | undefined {
  for (const reader of READERS) {
    const taken = reader(cursor);
    if (taken) return taken;
  }
  return undefined;
}
