import { existsSync, readFileSync } from 'node:fs';
import { describe, expect, it } from '@jest/globals';
import { AIMessage, type BaseMessage, HumanMessage, SystemMessage } from '@langchain/core/messages';
import { readPrompt } from './prompt-reader.js';
import { fillShape } from './schema-filler.js';
import { readShape } from './shape.js';

/** CLINC150 (Larson et al. 2019), where it is unpacked beside the checkout. */
const CLINC = new URL('../../../../../shared/data/clinc150/dev/', import.meta.url);
const TOLERANCE = 0.03;
const INTENTS = 20;
const CASES = 2;
const ASKED = 12;

interface Labelled {
  readonly text: string;
  readonly intent: string;
}
interface Task {
  readonly labels: readonly { readonly label: string; readonly description: string }[];
  readonly cases: readonly { readonly text: string; readonly label: string }[];
}
type Layout = (task: Task, text: string) => BaseMessage[];

const rows = (file: string): Labelled[] =>
  readFileSync(new URL(file, CLINC), 'utf8')
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line) as Labelled);

const pairs = ({ cases }: Task, wrap: (text: string) => string, name = 'category'): BaseMessage[] =>
  cases.flatMap(({ text, label }) => [
    new HumanMessage(wrap(text)),
    new AIMessage(JSON.stringify({ [name]: label })),
  ]);
const tagged = (text: string) => `<message>\n${text}\n</message>`;
const listed = ({ labels }: Task, mark: string, gap: string) =>
  labels.map(({ label, description }) => `${mark}${label}${gap}${description}`).join('\n');

const usual: Layout = (task, text) => [
  new SystemMessage(`Sort the message.\n\nCategories:\n${listed(task, '- ', ': ')}\n`),
  ...pairs(task, tagged),
  new HumanMessage(tagged(text)),
];

const LAYOUTS: Readonly<Record<string, Layout>> = {
  'headings renamed, sections in another order': (task, text) => [
    new SystemMessage(
      `# How urgent\n1: at once\n2: some day\n\n# Pigeonholes\n${listed(task, '* ', ' – ')}\n\n# Your job\nPut each letter into one pigeonhole.`,
    ),
    ...pairs(task, (letter) => `<letter>\n${letter}\n</letter>`),
    new HumanMessage(`<letter>\n${text}\n</letter>`),
  ],
  'everything as JSON': (task, text) => [
    new SystemMessage('Reply in JSON.'),
    new HumanMessage(
      JSON.stringify({
        topics: task.labels,
        solved: task.cases.map((known) => ({ text: known.text, output: { category: known.label } })),
        message: text,
      }),
    ),
  ],
  'worked cases as JSON Lines': (task, text) => [
    new SystemMessage(
      `Labels\n\n${listed(task, '- ', ': ')}\n\nWorked cases:\n\n${task.cases.map((known) => JSON.stringify({ input: known.text, output: { category: known.label } })).join('\n')}`,
    ),
    new HumanMessage(text),
  ],
  'a table and text pairs': (task, text) => [
    new SystemMessage(
      `| name | covers |\n|---|---|\n${task.labels.map(({ label, description }) => `| ${label} | ${description} |`).join('\n')}\n\n## Seen before\n${task.cases.map((known) => `Text: ${known.text}\nSorted: ${known.label}`).join('\n\n')}`,
    ),
    new HumanMessage(`Here is the next one.\n\n"""\n${text}\n"""`),
  ],
  'tags with attributes': (task, text) => [
    new SystemMessage(
      `<kinds>\n${task.labels.map(({ label, description }) => `<kind name="${label}">${description}</kind>`).join('\n')}\n</kinds>\n<samples>\n${task.cases.map((known) => `<sample><said>${known.text}</said><kind>${known.label}</kind></sample>`).join('\n')}\n</samples>`,
    ),
    new HumanMessage(`<utterance>${text}</utterance>\nReply with the kind.`),
  ],
  'numbered, arrows, one message': (task, text) => [
    new HumanMessage(
      `Choose a category.\n\n## Choices\n${task.labels.map(({ label, description }, at) => `${at + 1}. ${label}: ${description}`).join('\n')}\n\n## Seen\n${task.cases.map((known) => `- "${known.text}" → ${known.label}`).join('\n')}\n\n## The text\n${text}`,
    ),
  ],
  'labels in bold': (task, text) => [
    new SystemMessage(
      `Which of these is it?\n\n${task.labels.map(({ label, description }) => `- **${label}** — ${description}`).join('\n')}`,
    ),
    ...pairs(task, (said) => said),
    new HumanMessage(text),
  ],
};

const need = readShape({
  type: 'object',
  required: ['category'],
  properties: {
    category: {
      anyOf: [{ type: 'string' }, { type: 'null' }],
      description: 'exactly one of the category labels, or null if none fits',
    },
  },
});

function accuracy(
  task: Task,
  asked: readonly Labelled[],
  layout: Layout,
  rename = (label: string) => label,
): number {
  const right = asked.filter(({ text, intent }) => {
    const filled = fillShape(need, readPrompt(layout(task, text)));
    return JSON.stringify(filled) === JSON.stringify({ category: rename(intent) });
  });
  return right.length / asked.length;
}

const describeHere = existsSync(CLINC) ? describe : describe.skip;

describeHere('the layout of a prompt (skipped where CLINC150 is not unpacked)', () => {
  const training = existsSync(CLINC) ? rows('train.jsonl') : [];
  const intents = [...new Set(training.map(({ intent }) => intent))]
    .filter((_, at) => at % 7 === 0)
    .slice(0, INTENTS);
  const of = (intent: string) => training.filter((row) => row.intent === intent);
  const task: Task = {
    labels: intents.map((intent) => ({
      label: intent,
      description: of(intent)
        .slice(10, 12)
        .map(({ text }) => text)
        .join('; '),
    })),
    cases: intents.flatMap((intent) =>
      of(intent)
        .slice(0, CASES)
        .map(({ text }) => ({ text, label: intent })),
    ),
  };
  const asked = (existsSync(CLINC) ? rows('val.jsonl') : []).filter(
    ({ intent }, at, all) =>
      intents.includes(intent) && all.slice(0, at).filter((row) => row.intent === intent).length < ASKED,
  );
  const baseline = asked.length > 0 ? accuracy(task, asked, usual) : 0;

  it('reads the usual one well', () => {
    expect(baseline).toBeGreaterThan(0.8);
  });

  it.each(Object.keys(LAYOUTS))('loses at most three points: %s', (name) => {
    const layout = LAYOUTS[name] ?? usual;
    expect(accuracy(task, asked, layout)).toBeGreaterThanOrEqual(baseline - TOLERANCE);
  });

  it('loses at most three points where labels mean nothing by themselves', () => {
    const rename = (label: string) => `K${100 + intents.indexOf(label)}`;
    const renamed: Task = {
      labels: task.labels.map(({ label, description }) => ({ label: rename(label), description })),
      cases: task.cases.map(({ text, label }) => ({ text, label: rename(label) })),
    };
    expect(accuracy(renamed, asked, usual, rename)).toBeGreaterThanOrEqual(baseline - TOLERANCE);
  });

  it('loses measurably without descriptions and with shuffled worked cases', () => {
    const bare: Task = { ...task, labels: task.labels.map(({ label }) => ({ label, description: '' })) };
    const labels = task.cases.map(({ label }) => label);
    const shuffled: Task = {
      ...task,
      cases: task.cases.map(({ text }, at) => ({ text, label: labels[(at + 7) % labels.length] ?? '' })),
    };
    expect(accuracy(bare, asked, usual)).toBeLessThan(baseline - TOLERANCE);
    expect(accuracy(shuffled, asked, usual)).toBeLessThan(baseline - TOLERANCE);
  });
});
