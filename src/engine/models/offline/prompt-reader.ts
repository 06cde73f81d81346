import type { BaseMessage } from '@langchain/core/messages';
import { type Block, type Entry, flatten } from './blocks.js';
import { memoize } from './lru.js';
import { isRecord, parseObject } from './read-json.js';
import { readLines } from './read-lines.js';
import { readMarkup } from './read-markup.js';

export interface Option {
  readonly label: string;
  readonly description: string;
}

/** Things that one of can be chosen: labels with descriptions, levels of a scale, candidate causes. */
export interface OptionList {
  readonly name: string;
  readonly options: readonly Option[];
}

/** A worked case: what was given, and what should come out, member by member. */
export interface Example {
  readonly input: string;
  readonly output: Readonly<Record<string, unknown>>;
}

/** A thing with an id that an answer may refer to: a passage, an observation, a claim. */
export interface Source {
  readonly id: string;
  readonly title: string;
  readonly text: string;
  /** The name of the list that it stands in. */
  readonly kind: string;
  readonly fields: Readonly<Record<string, string>>;
}

export interface ToolResult {
  readonly name: string;
  readonly args: Readonly<Record<string, unknown>>;
  readonly text: string;
}

/** What a list of messages offers, whatever its layout. */
export interface Prompt {
  /** What the last user message is about: the text to classify, to answer, to search for. */
  readonly subject: string;
  readonly lists: readonly OptionList[];
  readonly examples: readonly Example[];
  readonly sources: readonly Source[];
  /** Other running text beside the subject: feedback, earlier turns. */
  readonly notes: readonly string[];
  readonly toolResults: readonly ToolResult[];
}

/** Names that people give to the text of somebody who asks; a hint among candidates, never a condition. */
const ASKER =
  /\b(?:message|question|ticket|request|query|mail|email|customer|user|input|text|subject|body|problem|case|utterance|anliegen)\b/i;
const REMARK =
  /\b(?:feedback|issues?|review\w*|critique|previous|earlier|draft|rejected|history|remarks?|notes?|transcript)\b/i;
const ADDRESS =
  /\?|(?:^|\s)(?:i|my|we|our|us|me|can't|cannot|please|ich|mein\w*|je|mon|nous|jeg|min|vi)(?=[\s,.!?']|$)/i;
const TITLE_NAME = /\b(?:subject|title|summary|betreff|objet|emne)\b/i;

/** `Question: …`, where a text names itself. */
const LEAD_IN = /^(?:message|question|ticket|request|query|mail|user|customer|input|text)\s*:\s+/i;

const readBlocks = memoize(128, (text: string): readonly Block[] => readMarkup(text, '', readLines));

/** Reads messages into what they offer. The system's part is remembered, as it is the same from call to call. */
export function readPrompt(messages: readonly BaseMessage[]): Prompt {
  const lastUser = messages.findLastIndex((message) => message.getType() === 'human');
  const asked = messages[lastUser]?.text ?? '';
  const frame = messages
    .filter((message) => message.getType() === 'system')
    .flatMap((message) => flatten(readBlocks(message.text)));
  const shown = shownPairs(messages.slice(0, Math.max(lastUser, 0)));

  const own = ownBlocks(
    asked,
    frame.some(({ entries }) => entries.length > 1),
  );
  const { subject, used } = pickSubject(
    own,
    asked,
    shown.map(({ name }) => name),
  );
  const rest = own.filter((block) => !used.has(block));
  const outer = [...frame, ...rest];
  const defining = definingBlocks(outer);
  const lists = [...defining].flatMap(optionList);
  const labels = new Set(lists.flatMap(({ options }) => options.map(({ label }) => label)));

  return {
    subject,
    lists,
    examples: [
      ...shown,
      ...outer.flatMap((block) =>
        block.entries.flatMap((entry) => exampleOf(entry, labels, defining.has(block))),
      ),
    ],
    sources: rest.flatMap(({ name, entries }) => entries.flatMap((entry) => sourceOf(entry, name))),
    notes: rest.flatMap(notesOf),
    toolResults: toolResults(messages.slice(lastUser + 1)),
  };
}

/** The blocks that say what can be chosen; a list that only repeats the labels of another one shows worked cases. */
function definingBlocks(blocks: readonly Block[]): ReadonlySet<Block> {
  const defined: ReadonlySet<string>[] = [];
  return new Set(
    blocks.filter((block) => {
      const labels = optionList(block).flatMap(({ options }) => options.map(({ label }) => label));
      const distinct = new Set(labels);
      if (labels.length === 0 || distinct.size < labels.length) return false;
      const isKnown =
        block.entries.some(({ fields }) => Object.keys(fields).length > 0) &&
        defined.some((known) => distinct.isSubsetOf(known));
      defined.push(distinct);
      return !isKnown;
    }),
  );
}

/** Running text of a block, or what its items say where they are no things with ids. */
const notesOf = ({ text, entries, children }: Block): string[] => {
  const hasRecords = [{ entries }, ...children].some((block) =>
    block.entries.some(({ fields }) => Object.keys(fields).length > 0),
  );
  if (hasRecords) return [];
  const items = entries
    .filter(({ key }) => !/^\S*\d\S*$/.test(key))
    .map((entry) => [entry.key, entry.text].filter(Boolean).join(': '));
  return [text, items.join('\n')].filter(Boolean);
};

/** The blocks of the last user message; a plain text is one block where the frame already holds the lists. */
function ownBlocks(asked: string, framed: boolean): Block[] {
  const blocks = flatten(readBlocks(asked));
  const structured = blocks.some(
    ({ delimited, entries }) => delimited || entries.some(({ nested, fields }) => nested ?? fields.title),
  );
  const headed = /^\s*#{1,6}\s/m.test(asked) || /^\s*[-=]{3,}\s*$/m.test(asked);
  if (structured || headed || !framed) return blocks;
  return [{ name: '', text: asked.trim(), entries: [], delimited: false, children: [] }];
}

function pickSubject(
  blocks: readonly Block[],
  asked: string,
  exampleNames: readonly string[],
): { subject: string; used: ReadonlySet<Block> } {
  const rate = ({ name, text, entries, delimited, children }: Block, index: number): number => {
    const holdsSources = children.some((child) => child.entries.some(({ key }) => /\d/.test(key)));
    // A message that lists numbered things is still a message.
    if (text === '' || (holdsSources && !ASKER.test(name))) return -1;
    return (
      (delimited ? 2 : 0) +
      (exampleNames.includes(name) && name !== '' ? 2 : 0) +
      (ASKER.test(name) ? 1.5 : 0) -
      (REMARK.test(name) ? 1.5 : 0) +
      (ADDRESS.test(text) ? 1 : 0) -
      (entries.length > 0 ? 1 : 0) +
      index / (10 * blocks.length)
    );
  };
  const rated = blocks.map((block, index) => ({ block, index, rating: rate(block, index) }));
  const best = rated.reduce<(typeof rated)[number] | undefined>(
    (top, each) => (each.rating > (top?.rating ?? -1) ? each : top),
    undefined,
  );
  if (!best) return subjectInList(blocks, asked);
  const before = blocks[best.index - 1];
  const titled =
    before &&
    before.text !== '' &&
    before.entries.length === 0 &&
    TITLE_NAME.test(before.name) &&
    before.text.length < 300;
  const parent = blocks.find(({ children }) => children.includes(best.block));
  const used = new Set([
    best.block,
    ...flatten(best.block.children),
    ...(titled ? [before] : []),
    ...(parent ? [parent] : []),
  ]);
  const text = best.block.text.replace(LEAD_IN, '');
  return { subject: titled ? `${before.text}\n${text}` : text, used };
}

/** Where no text stands apart: the last record of a series that lacks its output, or the texts of a form. */
function subjectInList(
  blocks: readonly Block[],
  asked: string,
): { subject: string; used: ReadonlySet<Block> } {
  const block =
    blocks.findLast(({ entries }) => entries.some(({ text }) => ADDRESS.test(text))) ?? blocks.at(-1);
  if (!block) return { subject: asked.trim(), used: new Set() };
  const open = block.entries.at(-1);
  const isSeries = open !== undefined && Object.keys(open.fields).length > 1;
  const subject = isSeries ? open.text || open.key : block.entries.map(({ text }) => text).join('\n');
  return { subject, used: isSeries ? new Set() : new Set([block]) };
}

const optionLists = new WeakMap<Block, readonly OptionList[]>();
/** The list of a block, the same object each time that the block is the same. */
function optionList(block: Block): readonly OptionList[] {
  const known = optionLists.get(block);
  if (known) return known;
  const options = block.entries
    .filter(({ key, nested }) => key !== '' && !nested)
    .map(({ key, text }) => ({ label: key, description: text }));
  const isWhole = options.length > 1 && options.length === block.entries.length;
  const lists = isWhole ? [{ name: block.name, options }] : [];
  optionLists.set(block, lists);
  return lists;
}

const sourceOf = ({ key, text, fields }: Entry, kind: string): Source[] =>
  key === '' || text === ''
    ? []
    : [{ id: key, title: fields.title ?? fields.name ?? '', text, kind, fields }];

const ARROW = /^["“]?(.+?)["”]?\s*(?:→|=>|->)\s*[`"]?([^`"]+?)[`"]?\s*$/s;

/** An entry as a worked case: it shows an output object, or one of its members is a known label. */
function exampleOf(
  { key, text, fields, nested }: Entry,
  labels: ReadonlySet<string>,
  isDefinition: boolean,
): Example[] {
  if (nested) {
    const texts = Object.values(fields).filter((value) => parseObject(value) === undefined);
    return [
      {
        input: texts.reduce(
          (best, value) => (value.length > best.length && !isRendered(value, nested) ? value : best),
          '',
        ),
        output: nested,
      },
    ];
  }
  if (labels.has(text) && key !== '' && !labels.has(key)) return [{ input: key, output: { '': text } }];
  const [, input, label] = ARROW.exec(text) ?? [];
  if (input !== undefined && label !== undefined && labels.has(label))
    return [{ input, output: { '': label } }];
  const labelled = Object.entries(fields).filter(
    ([, value]) => labels.has(value) && value !== text && !(isDefinition && value === key),
  );
  return labelled.length > 0 && text.includes(' ')
    ? [{ input: text, output: Object.fromEntries(labelled) }]
    : [];
}

const isRendered = (value: string, nested: Readonly<Record<string, unknown>>): boolean =>
  Object.keys(nested).every((name) => value.includes(`${name}: `));

/** Earlier exchanges that show what to put out: the user's text and the assistant's JSON or label. */
function shownPairs(messages: readonly BaseMessage[]): (Example & { readonly name: string })[] {
  return messages.flatMap((message, index) => {
    const reply = messages[index + 1];
    if (message.getType() !== 'human' || reply?.getType() !== 'ai') return [];
    const output = parseObject(reply.text) ?? { '': reply.text.trim() };
    const blocks = ownBlocks(message.text, true);
    const { subject, used } = pickSubject(blocks, message.text, []);
    return [{ input: subject, output, name: [...used][0]?.name ?? '' }];
  });
}

function toolResults(messages: readonly BaseMessage[]): ToolResult[] {
  const calls = messages.flatMap((message) =>
    'tool_calls' in message && Array.isArray(message.tool_calls)
      ? (message.tool_calls as unknown[]).filter(isRecord)
      : [],
  );
  return messages.flatMap((message) => {
    if (message.getType() !== 'tool' || !('tool_call_id' in message)) return [];
    const call = calls.find(({ id }) => id === message.tool_call_id);
    const args = isRecord(call?.args) ? call.args : {};
    return [{ name: String(call?.name ?? message.name ?? ''), args, text: message.text }];
  });
}
