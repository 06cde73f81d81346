import { z } from 'zod';
import { articleRow, hasSets, queryRow, readJson, readRows, utteranceRow } from '../data-sets.js';
import { randomFrom } from '../statistics/random.js';

/** A question with the articles that answer it; none where the knowledge base has nothing on it. */
export interface Question {
  readonly id: string;
  readonly group: 'desktop help' | 'runbooks' | 'other subjects';
  readonly subject: string;
  readonly body: string;
  readonly relevant: readonly string[];
}

export interface Article {
  readonly id: string;
  readonly title: string;
  readonly body: string;
}

const GNOME = 'kb-gnome-help';
const RUNBOOKS = 'kb-openshift-runbooks';
const CLINC = 'clinc150/dev';
/** What no help page of a desktop and no runbook of a cluster speaks of. */
const OTHER_DOMAINS = ['kitchen_and_dining', 'travel', 'auto_and_commute'];

const FILES = [
  `${GNOME}/articles.jsonl`,
  `${GNOME}/dev/queries.jsonl`,
  `${RUNBOOKS}/articles_masked.jsonl`,
  `${RUNBOOKS}/dev/queries.jsonl`,
  `${CLINC}/domains.json`,
  `${CLINC}/val.jsonl`,
];

/** The files that the suite needs and that are not there. */
export const missingFiles = (): string[] => FILES.filter((file) => !hasSets(file));

/** One knowledge base of both: help pages, and runbooks without the section that the questions were taken from. */
export function knowledgeBase(): Article[] {
  const files = [`${GNOME}/articles.jsonl`, `${RUNBOOKS}/articles_masked.jsonl`];
  return files
    .flatMap((file) => readRows(file, articleRow))
    .map(({ id, title = '', body }) => ({ id, title, body }));
}

/** Questions of both kinds, `size` of each at most, drawn by the seed. */
export function questions(size: number, seed: number): Question[] {
  const random = randomFrom(seed);
  const answerable = [
    ...readRows(`${GNOME}/dev/queries.jsonl`, queryRow).map((row) => ({
      ...row,
      group: 'desktop help' as const,
    })),
    ...readRows(`${RUNBOOKS}/dev/queries.jsonl`, queryRow).map((row) => ({
      ...row,
      group: 'runbooks' as const,
    })),
  ];
  const domains = readJson(`${CLINC}/domains.json`, z.record(z.string(), z.array(z.string())));
  const others = new Set(OTHER_DOMAINS.flatMap((domain) => domains[domain] ?? []));
  const strange = readRows(`${CLINC}/val.jsonl`, utteranceRow)
    .filter(({ intent }) => others.has(intent))
    .map(({ text }, index) => ({
      id: `clinc-${index}`,
      text,
      relevant: [],
      group: 'other subjects' as const,
    }));
  return [...draw(answerable, size, random), ...draw(strange, size, random)].map(
    ({ id, text, relevant, group }, index) => ({
      id,
      group,
      relevant,
      ...(LAYOUTS[index % LAYOUTS.length]?.(text) ?? { subject: text, body: '' }),
    }),
  );
}

type Layout = (text: string) => Pick<Question, 'subject' | 'body'>;

/** How people fill in the form: all in the subject, all in the body, or the beginning said twice. */
const LAYOUTS: readonly Layout[] = [
  (text) => ({ subject: text, body: '' }),
  (text) => ({ subject: '', body: text }),
  (text) => ({ subject: text.split(/\s+/).slice(0, 8).join(' '), body: text }),
];

function draw<Item>(items: readonly Item[], size: number, random: () => number): Item[] {
  return items
    .map((item) => ({ item, key: random() }))
    .sort((a, b) => a.key - b.key)
    .slice(0, size)
    .map(({ item }) => item);
}
