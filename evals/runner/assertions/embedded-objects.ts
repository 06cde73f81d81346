import { parse } from 'yaml';

/** Longest object that is looked for, in characters. */
const MAX_LENGTH = 100_000;

/** A line without its `//` comment; slashes in quotes and in addresses are none. */
const withoutComment = (line: string) =>
  line.replace(/^((?:"(?:\\.|[^"\\])*"|[^"]|")*?)(?<!:)\/\/.*$/, (whole, before: string) =>
    (before.replaceAll(/\\./g, '').split('"').length - 1) % 2 === 0 ? before : whole,
  );

/** Models write JSON loosely (comments, trailing commas, bare keys), which YAML reads. Null where it is no object. */
function readObject(text: string): object | null {
  try {
    const value: unknown = parse(text.split('\n').map(withoutComment).join('\n'), {
      uniqueKeys: false,
      merge: true,
      logLevel: 'silent',
    });
    return typeof value === 'object' ? value : null;
  } catch {
    return null;
  }
}

/** Where the braces that open at `from` are closed, and how many stay open at the end of the text. */
function closingBrace(text: string, from: number): { end: number; open: number } {
  const limit = Math.min(from + MAX_LENGTH, text.length);
  let open = 0;
  for (let at = from; at < limit; at += 1) {
    if (text[at] === '{') open += 1;
    else if (text[at] === '}') open -= 1;
    if (open === 0) return { end: at + 1, open };
  }
  return { end: limit, open };
}

/** The outermost objects within a text, in order, as promptfoo finds them: one that breaks off is closed at the end. */
export function embeddedObjects(text: string): object[] {
  const found: object[] = [];
  for (let at = text.indexOf('{'); at >= 0; ) {
    const { end, open } = closingBrace(text, at);
    const object = readObject(text.slice(at, end) + '}'.repeat(open));
    if (object) found.push(object);
    at = text.indexOf('{', object ? end : at + 1);
  }
  return found;
}
