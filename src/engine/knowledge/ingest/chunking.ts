import type { Chunking } from '../../runtime.contract.js';
import { type Block, blocksOf } from './blocks.js';

/** One passage of a document: `body.slice(start, end)` is its text. */
export interface Chunk {
  /** Headings above the passage, outermost first. */
  readonly headings: readonly string[];
  /** UTF-16 units into the body. */
  readonly start: number;
  readonly end: number;
}

interface Sizes {
  /** Words from which on a passage is closed at a heading. */
  readonly enough: number;
  /** Words beyond which it never grows, unless one unit is longer. */
  readonly most: number;
  /** Words of the longest paragraph that is not split between sentences. */
  readonly paragraph: number;
}

const STRATEGIES: Readonly<Record<Chunking, Sizes>> = {
  headings: { enough: 100, most: 180, paragraph: 180 },
  fine: { enough: 40, most: 80, paragraph: 80 },
  coarse: { enough: 300, most: 480, paragraph: 480 },
  blocks: { enough: 0, most: 1, paragraph: 180 },
  document: { enough: Infinity, most: Infinity, paragraph: Infinity },
};

/** A paragraph may be split between sentences; lists, rows and code only beyond a size that no reader would want. */
const LONGEST_SENTENCE = 1_600;
const LONGEST_BLOCK = 12_000;
const LONGEST_HEADING = 300;

interface Atom extends Block {
  readonly words: number;
}

interface Section {
  readonly headings: readonly string[];
  readonly atoms: Atom[];
}

/** Counts by length too, so that text without spaces is no exception. */
const wordsIn = (text: string) => Math.max(text.split(/\s+/).length, Math.round(text.length / 8));

/** Cuts `[start, end)` into spans of at most `limit` units, at line ends or spaces where there are any. */
function pieces(body: string, start: number, end: number, limit: number): [number, number][] {
  const found: [number, number][] = [];
  let from = start;
  while (end - from > limit) {
    const window = body.slice(from, from + limit);
    const gap = Math.max(window.lastIndexOf('\n'), window.lastIndexOf(' '));
    const splitsPair = /[\uD800-\uDBFF]$/.test(window);
    const length = gap > limit / 2 ? gap + 1 : limit - (splitsPair ? 1 : 0);
    found.push([from, from + length]);
    from += length;
  }
  found.push([from, end]);
  return found;
}

function sentences(body: string, { start, end }: Block): [number, number][] {
  const text = body.slice(start, end);
  const ends = [...text.matchAll(/[.!?]["')\]]*\s+|\n/g)].map(
    (match) => start + match.index + match[0].length,
  );
  const cuts = [start, ...ends.filter((cut) => cut < end), end];
  return cuts
    .slice(1)
    .map((cut, index): [number, number] => [cuts[index] ?? start, cut])
    .flatMap(([from, to]) => pieces(body, from, to, LONGEST_SENTENCE));
}

/** A span without the whitespace around it; undefined where nothing else is in it. */
function trimmed(body: string, [start, end]: readonly [number, number]): [number, number] | undefined {
  const text = body.slice(start, end);
  const from = start + text.length - text.trimStart().length;
  const to = start + text.trimEnd().length;
  return from < to ? [from, to] : undefined;
}

function atomsOf(body: string, block: Block, longest: number): Atom[] {
  const words = wordsIn(body.slice(block.start, block.end));
  const whole = block.kind === 'text' ? words <= longest : block.end - block.start <= LONGEST_BLOCK;
  if (whole) return [{ ...block, words }];
  const spans =
    block.kind === 'text' ? sentences(body, block) : pieces(body, block.start, block.end, LONGEST_BLOCK);
  return spans.flatMap((span) => {
    const inner = trimmed(body, span);
    return inner ? [{ ...block, start: inner[0], end: inner[1], words: wordsIn(body.slice(...inner)) }] : [];
  });
}

const headingText = (body: string, { start, end }: Block) =>
  (body.slice(start, Math.min(end, start + LONGEST_HEADING)).split('\n')[0] ?? '')
    .replace(/^#{1,6}|#+$/g, '')
    .trim();

function sectionsOf(body: string, longest: number): Section[] {
  const path: { level: number; text: string }[] = [];
  const sections: Section[] = [{ headings: [], atoms: [] }];
  for (const block of blocksOf(body)) {
    if (block.kind === 'heading') {
      const level = block.level ?? 1;
      while ((path.at(-1)?.level ?? 0) >= level) path.pop();
      path.push({ level, text: headingText(body, block) });
      sections.push({ headings: path.map(({ text }) => text), atoms: [] });
    }
    for (const atom of atomsOf(body, block, longest)) sections.at(-1)?.atoms.push(atom);
  }
  return sections.filter((section) => section.atoms.length > 0);
}

/** The passage in the making. */
interface Draft {
  headings: readonly string[];
  start: number;
  end: number;
  words: number;
  /** More than headings, so that it may stand alone. */
  content: boolean;
}

/**
 * Splits a Markdown or plain text into passages along its headings, of about 100 to 180 words or as the strategy says.
 * Passages cover every character but whitespace, in order, without overlap; list items, table rows and code blocks stay
 * whole, and a heading stays with what it heads. Small neighbouring sections share a passage, which then bears the first
 * one's headings.
 */
export function chunk(body: string, strategy: Chunking = 'headings'): Chunk[] {
  const { enough, most, paragraph } = STRATEGIES[strategy];
  const chunks: Chunk[] = [];
  let draft: Draft | undefined;

  const flush = () => {
    if (draft) chunks.push({ headings: draft.headings, start: draft.start, end: draft.end });
    draft = undefined;
  };
  const add = (atom: Atom, { headings }: Section) => {
    draft ??= { headings, start: atom.start, end: atom.end, words: 0, content: false };
    if (!draft.content) draft.headings = headings;
    draft.end = atom.end;
    draft.words += atom.words;
    draft.content ||= atom.kind !== 'heading' || draft.words > paragraph;
  };

  for (const section of sectionsOf(body, paragraph)) {
    const words = section.atoms.reduce((total, atom) => total + atom.words, 0);
    const before = draft?.words ?? 0;
    if (draft?.content && (before >= enough || before + words > most)) flush();

    const total = (draft?.words ?? 0) + words;
    const share = total / Math.ceil(total / most);
    for (const atom of section.atoms) {
      const size = draft?.words ?? 0;
      const full = size + atom.words / 2 > share || size + atom.words > most;
      if (full && draft?.content) flush();
      add(atom, section);
    }
  }
  flush();
  return chunks;
}
