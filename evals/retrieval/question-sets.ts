import { z } from 'zod';
import { articleRow, hasSets, queryRow, readRows } from '../data-sets.js';
import type { Bm25Document } from './bm25.js';
import { averagePrecision, type Metric, ndcg, recall } from './metrics.js';

export interface Query {
  readonly text: string;
  readonly relevant: ReadonlySet<string>;
  /** The document that is the query itself, and is no hit. */
  readonly self?: string;
}

/** A knowledge base with questions whose answers are known. */
export interface QuestionSet {
  readonly name: string;
  readonly measure: string;
  readonly metric: Metric;
  /** Hits that the measure looks at. */
  readonly depth: number;
  /** What the shipped search is to reach, in percent. */
  readonly target: number;
  readonly files: readonly string[];
  load(): { readonly documents: readonly Bm25Document[]; readonly queries: readonly Query[] };
}

const GNOME = 'kb-gnome-help';
const RUNBOOKS = 'kb-openshift-runbooks';
const TAU = 'tau3-banking-knowledge';
const STACK = 'stackfaq';
const GITBUGS = 'gitbugs';

const faqRow = z.looseObject({ id: z.string(), question: z.string(), answer: z.string() });
const documentRow = z.looseObject({ id: z.string(), title: z.string(), content: z.string() });
const taskRow = z.looseObject({
  user_scenario: z.looseObject({ instructions: z.string() }),
  required_documents: z.array(z.string()),
});
const bugRow = z.looseObject({ id: z.string(), summary: z.string(), description: z.string().nullish() });
const duplicateRow = z.looseObject({ id: z.string(), duplicates: z.array(z.string()) });
const paraphraseRow = queryRow.extend({ original: z.boolean() });

const gnome = () =>
  readRows(`${GNOME}/articles.jsonl`, articleRow).map(({ id, title = '', body }) => ({ id, title, body }));

const runbooks = (file: string) =>
  readRows(`${RUNBOOKS}/${file}`, articleRow).map(({ id, title = '', body }) => ({ id, title, body }));

/** An id that tells nothing: the real one names the alert, and stands in for a title that is masked. */
const opaque = (id: string) => `runbook-${Buffer.from(id).toString('hex')}`;
const maskedRunbooks = () =>
  runbooks('articles_masked.jsonl').map(({ id, body }) => ({ id: opaque(id), title: '', body }));

const banking = () =>
  readRows(`${TAU}/documents.jsonl`, documentRow).map(({ id, title, content }) => ({
    id,
    title,
    body: content,
  }));

const queriesOf = (folder: string, idOf = (id: string) => id): Query[] =>
  readRows(`${folder}/dev/queries.jsonl`, queryRow).map(({ text, relevant }) => ({
    text,
    relevant: new Set(relevant.map(idOf)),
  }));

const best10 = { measure: 'nDCG@10', metric: ndcg(10), depth: 10 };
const best5 = { measure: 'R@5', metric: recall(5), depth: 10 };

const duplicates = (project: string, target: number): QuestionSet => ({
  name: `gitbugs ${project}`,
  ...best5,
  target,
  files: [`${GITBUGS}/${project}.bugs.jsonl`, `${GITBUGS}/dev/${project}.duplicates.jsonl`],
  load() {
    const documents = readRows(`${GITBUGS}/${project}.bugs.jsonl`, bugRow).map(
      ({ id, summary, description }) => ({
        id,
        title: summary,
        body: description?.trim() || summary,
      }),
    );
    const texts = new Map(documents.map(({ id, title, body }) => [id, `${title}\n${body}`]));
    const queries = readRows(`${GITBUGS}/dev/${project}.duplicates.jsonl`, duplicateRow).map((row) => ({
      text: texts.get(row.id) ?? '',
      relevant: new Set(row.duplicates),
      self: row.id,
    }));
    return { documents, queries };
  },
});

/** The development halves of the public sets; targets are those of the project's plan. */
export const QUESTION_SETS: readonly QuestionSet[] = [
  {
    name: 'stackfaq',
    measure: 'MAP',
    metric: averagePrecision,
    depth: 1_000,
    target: 83,
    files: [`${STACK}/corpus.jsonl`, `${STACK}/dev/queries.jsonl`],
    load: () => ({
      documents: readRows(`${STACK}/corpus.jsonl`, faqRow).map(({ id, question, answer }) => ({
        id,
        title: question,
        body: answer,
      })),
      queries: readRows(`${STACK}/dev/queries.jsonl`, paraphraseRow)
        // The original question stands in the documents word for word.
        .filter(({ original }) => !original)
        .map(({ text, relevant }) => ({ text, relevant: new Set(relevant) })),
    }),
  },
  {
    name: 'gnome help',
    ...best10,
    target: 89.5,
    files: [`${GNOME}/articles.jsonl`, `${GNOME}/dev/queries.jsonl`],
    load: () => ({ documents: gnome(), queries: queriesOf(GNOME) }),
  },
  {
    name: 'runbooks, masked',
    ...best10,
    target: 80,
    files: [`${RUNBOOKS}/articles_masked.jsonl`, `${RUNBOOKS}/dev/queries.jsonl`],
    load: () => ({ documents: maskedRunbooks(), queries: queriesOf(RUNBOOKS, opaque) }),
  },
  {
    name: 'runbooks, full',
    ...best10,
    target: 98,
    files: [`${RUNBOOKS}/articles.jsonl`, `${RUNBOOKS}/dev/queries.jsonl`],
    load: () => ({ documents: runbooks('articles.jsonl'), queries: queriesOf(RUNBOOKS) }),
  },
  {
    name: 'mixed',
    ...best10,
    target: 86.5,
    files: [
      `${GNOME}/articles.jsonl`,
      `${GNOME}/dev/queries.jsonl`,
      `${RUNBOOKS}/articles_masked.jsonl`,
      `${RUNBOOKS}/dev/queries.jsonl`,
      `${TAU}/documents.jsonl`,
    ],
    load: () => ({
      documents: [...gnome(), ...maskedRunbooks(), ...banking()],
      queries: [...queriesOf(GNOME), ...queriesOf(RUNBOOKS, opaque)],
    }),
  },
  {
    name: 'tau3 banking',
    ...best5,
    target: 24,
    files: [`${TAU}/documents.jsonl`, `${TAU}/dev/tasks.jsonl`],
    load: () => ({
      documents: banking(),
      queries: readRows(`${TAU}/dev/tasks.jsonl`, taskRow).map((task) => ({
        text: task.user_scenario.instructions,
        relevant: new Set(task.required_documents),
      })),
    }),
  },
  duplicates('hadoop', 76),
  duplicates('seamonkey', 81),
];

export const missingFiles = ({ files }: QuestionSet): readonly string[] =>
  files.filter((file) => !hasSets(file));
