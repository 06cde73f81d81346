/** A page reduced to Markdown-like text. */
export interface HtmlText {
  readonly title: string | undefined;
  readonly body: string;
}

const ENTITIES: Readonly<Record<string, string>> = {
  amp: '&',
  lt: '<',
  gt: '>',
  quot: '"',
  apos: "'",
  nbsp: ' ',
  ndash: '–',
  mdash: '—',
  hellip: '…',
  lsquo: '‘',
  rsquo: '’',
  ldquo: '“',
  rdquo: '”',
  laquo: '«',
  raquo: '»',
  bull: '•',
  rarr: '→',
  copy: '©',
  deg: '°',
  euro: '€',
};

/** Elements whose content no reader sees. */
const HIDDEN = new Set([
  'script',
  'style',
  'noscript',
  'template',
  'svg',
  'iframe',
  'nav',
  'object',
  'canvas',
]);
const BLOCKS = new Set(
  `address article aside blockquote dd details div dl dt fieldset figcaption figure footer form header hr main ol p
  section summary table tbody thead tfoot ul`.split(/\s+/),
);

/** What a tag leaves in the text. Other tags leave nothing. */
function markOf(name: string, closing: boolean): string {
  const level = /^h([1-6])$/.exec(name)?.[1];
  if (level) return closing ? '\n\n' : `\n\n${'#'.repeat(Number(level))} `;
  if (BLOCKS.has(name)) return '\n\n';
  if (name === 'br') return '\n';
  if (name === 'pre') return closing ? '\n```\n\n' : '\n\n```\n';
  if (name === 'li') return closing ? '' : '\n- ';
  if (name === 'tr') return closing ? '|' : '\n';
  if (name === 'td' || name === 'th') return closing ? ' ' : '| ';
  return '';
}

function codePoint(digits: string, base: number): string {
  const code = Number.parseInt(digits, base);
  return code > 0 && code <= 0x10ffff && (code < 0xd800 || code > 0xdfff)
    ? String.fromCodePoint(code)
    : '\uFFFD';
}

const decoded = (text: string) =>
  text.replace(/&(?:#x([\da-f]{1,6})|#(\d{1,7})|([a-z]{2,8}));/gi, (whole, hex, decimal, name) => {
    if (hex) return codePoint(hex, 16);
    if (decimal) return codePoint(decimal, 10);
    return ENTITIES[String(name).toLowerCase()] ?? whole;
  });

/**
 * The text of an HTML page: headings, list items, rows and preformatted text keep their shape as Markdown, everything
 * else is prose. A reader of text, not a parser of HTML: it is linear, and never fails on what browsers would mend.
 */
export function htmlText(html: string): HtmlText {
  const lower = html.toLowerCase();
  const parts: string[] = [];
  let title: string | undefined;
  let heading: string | undefined;
  let collecting: { name: string; from: number } | undefined;
  let preformatted = false;

  const write = (raw: string) => {
    const text = decoded(raw);
    parts.push(preformatted ? text : text.replace(/\s+/g, ' '));
  };
  const collected = (from: number) => parts.slice(from).join('').replace(/\s+/g, ' ').trim();

  let at = 0;
  while (at < html.length) {
    const open = html.indexOf('<', at);
    if (open < 0) break;
    write(html.slice(at, open));
    const end = html.startsWith('<!--', open) ? html.indexOf('-->', open) + 2 : html.indexOf('>', open);
    if (end < open) {
      at = open;
      break;
    }
    const tag = /^<(\/?)([a-z][a-z\d]*)/.exec(lower.slice(open, open + 32));
    at = end + 1;
    if (!tag) continue;
    const closing = tag[1] === '/';
    const name = tag[2] ?? '';
    if (!closing && HIDDEN.has(name)) {
      const close = lower.indexOf(`</${name}`, at);
      at = close < 0 ? html.length : close;
      continue;
    }
    if (name === 'pre') preformatted = !closing;
    if (closing && collecting?.name === name) {
      if (name === 'title') title ??= parts.splice(collecting.from).join('').replace(/\s+/g, ' ').trim();
      else heading ??= collected(collecting.from);
      collecting = undefined;
    }
    parts.push(markOf(name, closing));
    if (!closing && (name === 'title' || name === 'h1')) collecting = { name, from: parts.length };
  }
  write(html.slice(at));

  const lines = parts.join('').split('\n');
  const body = lines
    .map((line) => line.trimEnd())
    .join('\n')
    .replace(/\n{3,}/g, '\n\n')
    .trim();
  return { title: title || heading, body };
}
