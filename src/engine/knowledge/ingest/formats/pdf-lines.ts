/** A piece of text as PDF.js finds it; `y` grows upwards. */
export interface PdfPiece {
  readonly str: string;
  readonly x: number;
  readonly y: number;
  readonly width: number;
  readonly fontSize: number;
  readonly hasEOL: boolean;
}

interface Line {
  text: string;
  readonly y: number;
  readonly size: number;
  end: number;
}

/** In widths of the font: from there on two lines are two paragraphs, and two pieces two words. */
const PARAGRAPH_GAP = 1.7;
const WORD_GAP = 0.15;
/** A heading is so much larger than the text, and no longer than this. */
const HEADING_SIZE = 1.15;
const LONGEST_HEADING = 120;
/** A line at the edge of at least so many pages, and of half of all, is a running head. */
const RUNNING_PAGES = 3;

const BULLET = /^[•‣◦▪●○■–]\s*/;
const NUMBERED = /^(?:[-*+]|\d{1,3}[.)])\s/;

function linesOf(pieces: readonly PdfPiece[]): Line[] {
  const lines: Line[] = [];
  let open: Line | undefined;
  for (const { str, x, y, width, fontSize, hasEOL } of pieces) {
    const isSameLine = open !== undefined && Math.abs(open.y - y) <= Math.max(open.size, fontSize) * 0.5;
    if (str !== '') {
      if (open && isSameLine) {
        const isApart = x - open.end > open.size * WORD_GAP && !/\s$/.test(open.text) && !/^\s/.test(str);
        open.text += isApart ? ` ${str}` : str;
        open.end = x + width;
      } else {
        open = { text: str, y, size: fontSize, end: x + width };
        lines.push(open);
      }
    }
    if (hasEOL) open = undefined;
  }
  return lines
    .map((line) => ({ ...line, text: line.text.replaceAll(/\s+/g, ' ').trim() }))
    .filter(({ text }) => text !== '');
}

/** The size that most characters have. */
function bodySize(pages: readonly (readonly Line[])[]): number {
  const characters = new Map<number, number>();
  for (const { size, text } of pages.flat()) {
    const rounded = Math.round(size * 2) / 2;
    characters.set(rounded, (characters.get(rounded) ?? 0) + text.length);
  }
  return [...characters].sort(([, a], [, b]) => b - a)[0]?.[0] ?? 0;
}

/** Page numbers make a running head a different text on each page. */
const patternOf = (text: string) => text.replaceAll(/\d+/g, '#');

/** Leaves out what is printed on page after page, which would be quoted out of the middle of a sentence. */
function withoutRunningHeads(pages: readonly Line[][]): readonly Line[][] {
  const seen = new Map<string, number>();
  for (const lines of pages) {
    const edges = new Set(
      [lines.at(0), lines.at(-1)].flatMap((line) => (line ? [patternOf(line.text)] : [])),
    );
    for (const edge of edges) seen.set(edge, (seen.get(edge) ?? 0) + 1);
  }
  const isRunning = ({ text }: Line) => {
    const times = seen.get(patternOf(text)) ?? 0;
    return times >= RUNNING_PAGES && times * 2 >= pages.length;
  };
  return pages.map((lines) =>
    lines.filter((line, index) => !((index === 0 || index === lines.length - 1) && isRunning(line))),
  );
}

/** What a line adds to the text before it: a heading, an item, a new paragraph, or the rest of a sentence. */
function joined(before: string, line: Line, previous: Line | undefined, body: number): string {
  const { text, size } = line;
  const ratio = size / (body || size);
  if (ratio >= HEADING_SIZE && text.length <= LONGEST_HEADING) {
    const goesOn = previous !== undefined && Math.abs(previous.size - size) < 0.5 && isNear(previous, line);
    return goesOn ? `${before} ${text}` : `${before}\n\n${ratio >= 1.6 ? '#' : '##'} ${text}`;
  }
  if (previous && previous.size / (body || size) >= HEADING_SIZE) return `${before}\n\n${text}`;
  if (BULLET.test(text)) return `${before}\n- ${text.replace(BULLET, '')}`;
  if (NUMBERED.test(text)) return `${before}\n${text}`;
  if (!previous)
    return before === '' || /[.!?:]$/.test(before) ? `${before}\n\n${text}` : `${before} ${text}`;
  if (!isNear(previous, line)) return `${before}\n\n${text}`;
  const isSplitWord = /\p{L}-$/u.test(before) && /^\p{Ll}/u.test(text);
  return isSplitWord ? `${before.slice(0, -1)}${text}` : `${before} ${text}`;
}

const isNear = (above: Line, below: Line) =>
  above.y > below.y && above.y - below.y <= Math.max(above.size, below.size) * PARAGRAPH_GAP;

/**
 * The text of a PDF's pages as Markdown: larger type becomes headings, lines are joined to paragraphs and split words
 * mended, running heads and page numbers are left out. Pure.
 */
export function pdfText(pages: readonly (readonly PdfPiece[])[]): string {
  const lines = withoutRunningHeads(pages.map(linesOf));
  const body = bodySize(lines);
  const parts: string[] = [];
  let text = '';
  for (const page of lines) {
    let previous: Line | undefined;
    for (const line of page) {
      const next = joined(text, line, previous, body);
      // Finished paragraphs are set aside, so that a long document is not copied once a line.
      const cut = next.lastIndexOf('\n\n');
      if (cut > 0) {
        parts.push(next.slice(0, cut));
        text = next.slice(cut);
      } else text = next;
      previous = line;
    }
  }
  return [...parts, text].join('').trim();
}
