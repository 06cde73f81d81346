import { type Block, type Entry, entryOf, listing, prose } from './blocks.js';
import { parseObject } from './read-json.js';

interface Element {
  readonly tag: string;
  readonly attributes: Readonly<Record<string, string>>;
  readonly inner: string;
}

type Piece = { readonly text: string } | { readonly element: Element };

const OPENING = /<([A-Za-z][\w:.-]*)((?:\s+[\w:.-]+\s*=\s*(?:"[^"]*"|'[^']*'))*)\s*(\/?)>/g;
const ATTRIBUTE = /([\w:.-]+)\s*=\s*(?:"([^"]*)"|'([^']*)')/g;
const ENTITIES: Readonly<Record<string, string>> = {
  '&lt;': '<',
  '&gt;': '>',
  '&quot;': '"',
  '&#39;': "'",
  '&#x27;': "'",
  '&amp;': '&',
};

const decode = (text: string): string =>
  text.includes('&')
    ? text.replace(/&(?:lt|gt|quot|#39|#x27|amp);/g, (entity) => ENTITIES[entity] ?? entity)
    : text;

/** Where the element that opened before `from` closes, heeding elements of the same name inside it. */
function closing(text: string, tag: string, from: number): { start: number; end: number } | undefined {
  const marks = new RegExp(`<(/?)${tag.replace(/[.]/g, '\\.')}(?=[\\s/>])[^<>]*?(/?)>`, 'g');
  marks.lastIndex = from;
  let depth = 1;
  for (let mark = marks.exec(text); mark; mark = marks.exec(text)) {
    if (mark[2] === '/') continue;
    depth += mark[1] === '/' ? -1 : 1;
    if (depth === 0) return { start: mark.index, end: marks.lastIndex };
  }
  return undefined;
}

/** Cuts a text into its outermost elements and what stands between them. Tags that nothing closes are text. */
function cut(text: string): Piece[] {
  if (!text.includes('<')) return [{ text }];
  const result: Piece[] = [];
  let done = 0;
  OPENING.lastIndex = 0;
  const openings = new RegExp(OPENING);
  for (let open = openings.exec(text); open; open = openings.exec(text)) {
    const [, tag = '', rawAttributes = '', selfClosed] = open;
    const end = selfClosed
      ? { start: openings.lastIndex, end: openings.lastIndex }
      : closing(text, tag, openings.lastIndex);
    if (!end) continue;
    if (open.index > done) result.push({ text: text.slice(done, open.index) });
    const attributes = Object.fromEntries(
      [...rawAttributes.matchAll(ATTRIBUTE)].map(([, name = '', double, quoted]) => [
        name,
        decode(double ?? quoted ?? ''),
      ]),
    );
    result.push({ element: { tag, attributes, inner: text.slice(openings.lastIndex, end.start) } });
    done = end.end;
    openings.lastIndex = done;
  }
  if (done < text.length) result.push({ text: text.slice(done) });
  return result;
}

const elementsOf = (text: string): Element[] =>
  cut(text).flatMap((piece) => ('element' in piece ? [piece.element] : []));

function elementEntry({ attributes, inner }: Element): Entry {
  const children = elementsOf(inner);
  if (children.length === 0) return entryOf(attributes, decode(inner), parseObject(inner));
  const members = children.map(({ tag, inner: value }) => [tag, decode(value).trim()] as const);
  const nested = members.map(([, value]) => parseObject(value)).find((value) => value !== undefined);
  const grandchildren = nested
    ? undefined
    : children.map(({ inner: value }) => elementsOf(value)).find((list) => list.length > 0);
  const output =
    nested ??
    (grandchildren &&
      Object.fromEntries(grandchildren.map((child) => [child.tag, decode(child.inner).trim()])));
  const fields = { ...attributes, ...Object.fromEntries(members) };
  return entryOf(fields, undefined, output);
}

/** The blocks of a text with XML-like tags; `readText` reads what stands between and inside them. */
export function readMarkup(
  text: string,
  name: string,
  readText: (text: string, name: string) => Block[],
): Block[] {
  const blocks: Block[] = [];
  let run: Element[] = [];
  const close = () => {
    const [first] = run;
    if (!first) return;
    const bare = run.length === 1 && Object.keys(first.attributes).length === 0;
    const identified = bare && elementsOf(first.inner).some(({ tag }) => tag.toLowerCase() === 'id');
    if (bare && !identified) {
      const inside = readMarkup(first.inner, `${name} ${first.tag}`.trim(), readText);
      blocks.push(prose(first.tag, decode(first.inner), true, inside));
    } else {
      blocks.push(
        listing(
          `${name} ${first.tag}`.trim(),
          run.map(elementEntry),
          run.length === 1 ? decode(first.inner) : '',
        ),
      );
    }
    run = [];
  };
  for (const piece of cut(text)) {
    if ('element' in piece) {
      if (run[0] && run[0].tag !== piece.element.tag) close();
      run.push(piece.element);
    } else if (piece.text.trim() !== '') {
      close();
      blocks.push(...readText(piece.text, name));
    }
  }
  close();
  return blocks;
}
