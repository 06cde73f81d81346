import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { z } from 'zod';
import { hasSets, readRows, SETS_DIR, utteranceRow } from '../data-sets.js';

/** A ticket or question whose label is known. */
export interface LabelledTicket {
  readonly subject: string;
  readonly body: string;
  readonly category?: string | undefined;
  readonly queue?: string | undefined;
  readonly articles?: readonly string[];
  readonly createdAt?: string;
}

/** Tickets to learn from and later ones to be judged by. */
export interface LabelSet {
  readonly name: string;
  readonly files: readonly string[];
  load(): { readonly learn: readonly LabelledTicket[]; readonly judge: readonly LabelledTicket[] };
}

/** What is none of the desk's business, in the labels of CLINC150 and in what is taught. */
export const OUT_OF_SCOPE = 'oos';

const ticketRow = z.looseObject({
  title: z.string(),
  body: z.string(),
  created: z.string(),
  topic: z.string().nullish(),
  queue: z.string().nullish(),
});
const linkRow = ticketRow.extend({ kb: z.array(z.string()) });

const TICKETS = 'thunderbird-tickets/dev/tickets.jsonl';
const LINKS = 'thunderbird-tickets/dev/kb_links.jsonl';
const SLUGS = 'thunderbird-tickets/dev/kb_slugs.jsonl';
const BANKING = 'banking77/dev/train.csv';
const CLINC = ['train', 'oos_train', 'val', 'oos_val'].map((part) => `clinc150/dev/${part}.jsonl`);

const JUDGED = 0.15;
const HELD_BACK_QUESTIONS = 2_000;
/** A prime: steps of it visit every row once in an order that has nothing to do with the file's. */
const STRIDE = 7_919;

/** The newest ones are judged, as they would be when they come. */
function byTime(tickets: readonly LabelledTicket[]) {
  const sorted = tickets.toSorted((a, b) => ((a.createdAt ?? '') < (b.createdAt ?? '') ? -1 : 1));
  const cut = Math.floor(sorted.length * (1 - JUDGED));
  return { learn: sorted.slice(0, cut), judge: sorted.slice(cut) };
}

const isoTime = (created: string) => `${created.replace(' ', 'T')}Z`;
const ticketOf = ({ title, body, created, topic, queue }: z.infer<typeof ticketRow>): LabelledTicket => ({
  subject: title,
  body,
  category: topic ?? undefined,
  queue: queue ?? undefined,
  createdAt: isoTime(created),
});
const questionOf = (text: string, category: string): LabelledTicket => ({
  subject: text,
  body: '',
  category,
});

/** The rows of a CSV file (RFC 4180) without its header. */
function csvRows(text: string): string[][] {
  const cell = /("(?:[^"]|"")*"|[^,\r\n]*)(,|\r?\n|$)/gy;
  const rows: string[][] = [[]];
  for (const [, value = '', end] of text.trimEnd().matchAll(cell)) {
    rows.at(-1)?.push(value.startsWith('"') ? value.slice(1, -1).replaceAll('""', '"') : value);
    if (end === '') break;
    if (end !== ',') rows.push([]);
  }
  return rows.slice(1);
}

export const THUNDERBIRD: LabelSet = {
  name: 'Thunderbird tickets',
  files: [TICKETS],
  load: () => byTime(readRows(TICKETS, ticketRow).map(ticketOf)),
};

/** Questions with the articles that volunteers linked in their answers. */
export const ARTICLES: LabelSet = {
  name: 'Thunderbird articles',
  files: [LINKS, SLUGS],
  load() {
    const known = new Set(readRows(SLUGS, z.looseObject({ slug: z.string() })).map(({ slug }) => slug));
    const linked = readRows(LINKS, linkRow)
      .map(({ kb, ...ticket }) => ({
        ...ticketOf(linkRow.omit({ kb: true }).parse(ticket)),
        articles: kb.filter((slug) => known.has(slug)),
      }))
      .filter(({ articles }) => articles.length > 0);
    return byTime(linked);
  },
};

export const BANKING77: LabelSet = {
  name: 'Banking77',
  files: [BANKING],
  load() {
    const rows = csvRows(readFileSync(join(SETS_DIR, BANKING), 'utf8')).map(([text = '', category = '']) =>
      questionOf(text, category),
    );
    const isJudged = (index: number) => (index * STRIDE) % rows.length < HELD_BACK_QUESTIONS;
    return {
      learn: rows.filter((_, index) => !isJudged(index)),
      judge: rows.filter((_, index) => isJudged(index)),
    };
  },
};

export const CLINC150: LabelSet = {
  name: 'CLINC150',
  files: CLINC,
  load() {
    const [train = [], strange = [], validation = [], strangeValidation = []] = CLINC.map((file) =>
      readRows(file, utteranceRow).map(({ text, intent }) => questionOf(text, intent)),
    );
    return { learn: [...train, ...strange], judge: [...validation, ...strangeValidation] };
  },
};

export const missingFiles = ({ files }: LabelSet): readonly string[] =>
  files.filter((file) => !hasSets(file));
