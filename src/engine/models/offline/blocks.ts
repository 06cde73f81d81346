/** One labelled or identified thing of a prompt: an option, a passage, a claim, an example. */
export interface Entry {
  /** Its label or id; empty where it has none. */
  readonly key: string;
  /** What is said about it. */
  readonly text: string;
  /** Attributes, JSON members or columns by name, as text. */
  readonly fields: Readonly<Record<string, string>>;
  /** A nested object, as in an example that shows its output. */
  readonly nested?: Readonly<Record<string, unknown>>;
}

/** A part of a prompt: running text, a list of entries, or a delimited stretch that holds further parts. */
export interface Block {
  /** The nearest heading, tag, JSON key or lead-in. */
  readonly name: string;
  readonly text: string;
  readonly entries: readonly Entry[];
  /** True where marks set the text apart: tags, quotes, fences, a JSON string. */
  readonly delimited: boolean;
  readonly children: readonly Block[];
}

export const prose = (
  name: string,
  text: string,
  delimited = false,
  children: readonly Block[] = [],
): Block => ({
  name,
  text: text.trim(),
  entries: [],
  delimited,
  children,
});

export const listing = (name: string, entries: readonly Entry[], text = ''): Block => ({
  name,
  text: text.trim(),
  entries,
  delimited: text !== '',
  children: [],
});

/** Names under which records usually keep what identifies them, the surest first. */
const KEY_NAMES = ['id', 'key', 'ref', 'label', 'name', 'value', 'code', 'level', 'number', 'title'];

const isWord = (value: string): boolean => value.length <= 60 && /^\S+(?: \S+){0,4}$/.test(value);

/** A record as an entry: its key is the member that identifies it, its text the longest of the others. */
export function entryOf(
  fields: Readonly<Record<string, string>>,
  text?: string,
  nested?: Readonly<Record<string, unknown>>,
): Entry {
  const names = Object.keys(fields);
  const known = KEY_NAMES.flatMap((wanted) => names.filter((name) => name.toLowerCase() === wanted));
  const keyName = known[0] ?? names.find((name) => isWord(fields[name] ?? ''));
  const key = keyName === undefined ? '' : (fields[keyName] ?? '');
  const rest = names.filter((name) => name !== keyName);
  const bodies = rest.filter((name) => name.toLowerCase() !== 'title');
  const others = (bodies.length > 0 ? bodies : rest).map((name) => fields[name] ?? '');
  const longest = others.reduce((best, value) => (value.length > best.length ? value : best), '');
  return { key, text: (text ?? longest).trim(), fields, ...(nested && { nested }) };
}

/** All blocks with those inside them, outermost first. */
export function flatten(blocks: readonly Block[]): Block[] {
  return blocks.flatMap((block) => [block, ...flatten(block.children)]);
}
