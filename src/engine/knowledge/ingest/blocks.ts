/** One unit of a Markdown or plain text that stands or falls together; `[start, end)` in UTF-16 units, trimmed. */
export interface Block {
  readonly kind: 'heading' | 'text' | 'item' | 'row' | 'code';
  readonly start: number;
  readonly end: number;
  /** Set for headings. */
  readonly level?: number;
}

interface OpenBlock {
  kind: Block['kind'];
  start: number;
  end: number;
  lines: number;
  /** Columns before a list item's marker; deeper lines belong to the item. */
  indent: number;
  /** The fence that closes a code block. */
  fence: string;
  /** A blank line came after the last line. */
  loose: boolean;
}

const HEADING = /^ {0,3}(#{1,6})(?:[ \t]|$)/;
const UNDERLINE = /^ {0,3}(=+|-+)$/;
const FENCE = /^ {0,3}(`{3,}|~{3,})/;
const ITEM = /^[ \t]*(?:[-*+]|\d{1,9}[.)])[ \t]/;
const ROW = /^[ \t]*\|/;

const indentOf = (line: string) => line.length - line.trimStart().length;

const closes = (fence: string, line: string) => {
  const text = line.trim();
  return text.length >= fence.length && text === fence.charAt(0).repeat(text.length);
};

/** True where the line goes on with the open block instead of beginning one of its own. */
function continues(open: OpenBlock, line: string): boolean {
  const deeper = indentOf(line) > open.indent + 1;
  if (open.kind === 'item') return deeper || (!open.loose && !ITEM.test(line) && !ROW.test(line));
  return open.kind === 'text' && !open.loose && !ITEM.test(line) && !ROW.test(line);
}

const kindOf = (line: string): Block['kind'] =>
  FENCE.test(line) ? 'code' : ITEM.test(line) ? 'item' : ROW.test(line) ? 'row' : 'text';

/**
 * Splits a Markdown or plain text into its blocks, in order and without gaps but whitespace: headings (`#` and
 * underlined), paragraphs, whole top-level list items, single table rows, whole fenced code blocks. Linear in the text.
 */
export function blocksOf(body: string): Block[] {
  const blocks: Block[] = [];
  let open: OpenBlock | undefined;

  const close = () => {
    if (open) blocks.push({ kind: open.kind, start: open.start, end: open.end });
    open = undefined;
  };

  for (let at = 0; at < body.length; ) {
    const newline = body.indexOf('\n', at);
    const next = newline < 0 ? body.length : newline + 1;
    const line = body.slice(at, next).trimEnd();
    const start = at + indentOf(line);
    const end = at + line.length;
    at = next;

    if (open?.kind === 'code') {
      if (line !== '') open.end = end;
      if (closes(open.fence, line)) close();
      continue;
    }
    if (line === '') {
      if (open) open.loose = true;
      continue;
    }
    const heading = HEADING.exec(line);
    const nested = open?.kind === 'item' && indentOf(line) > open.indent + 1;
    if (heading && !nested) {
      close();
      blocks.push({ kind: 'heading', start, end, level: heading[1]?.length ?? 1 });
      continue;
    }
    if (open?.kind === 'text' && open.lines === 1 && !open.loose && UNDERLINE.test(line)) {
      blocks.push({ kind: 'heading', start: open.start, end, level: line.includes('=') ? 1 : 2 });
      open = undefined;
      continue;
    }
    const fence = FENCE.exec(line);
    if (open && (nested || (!fence && continues(open, line)))) {
      open.end = end;
      open.lines += 1;
      open.loose = false;
      continue;
    }
    close();
    open = {
      kind: kindOf(line),
      start,
      end,
      lines: 1,
      indent: indentOf(line),
      fence: fence?.[1] ?? '',
      loose: false,
    };
    if (open.kind === 'row') close();
  }
  close();
  return blocks;
}
