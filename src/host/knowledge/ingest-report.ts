import { isFault } from '../../../agents/contracts/index.js';
import type { ArticleInput, IngestedDocument, SolvedTicketInput, SourceFile } from '../../engine/runtime.js';
import { parseJson } from '../common/json.js';
import { readLines } from '../common/ndjson.js';
import { toFault } from '../common/problem.js';
import { Upload } from '../common/upload.js';
import { parseWith } from '../common/validation.js';
import {
  type AddDocuments,
  type AddQuery,
  articleSchema,
  type IngestReport,
  solvedTicketSchema,
} from './knowledge.contract.js';

const BATCH = 100;

/** What came of one document, before or after the store saw it. */
type Verdict<T> = { readonly accepted: T } | { readonly rejected: IngestedDocument };

const rejected = (id: string, error: unknown): { rejected: IngestedDocument } => {
  const { code, detail } = toFault(error);
  return { rejected: { id, status: 'rejected', passages: 0, error: { code, detail } } };
};

const idOf = (value: unknown, fallback: string): string => {
  const id = typeof value === 'object' && value !== null ? Reflect.get(value, 'id') : undefined;
  return typeof id === 'string' ? id : fallback;
};

const toArticle = (value: unknown): ArticleInput => {
  const { id, title, body, url, tags, groups, ...metadata } = parseWith(articleSchema, value);
  return {
    id,
    title,
    body,
    ...(url !== undefined && { url }),
    ...(tags && { tags }),
    ...(groups && { groups }),
    ...(Object.keys(metadata).length > 0 && { metadata }),
  };
};

/** Documents of a request body, each judged on its own; files are read where they are taken in. */
export function readDocuments(
  body: AddDocuments,
  named: Pick<AddQuery, 'id' | 'title'>,
): readonly Verdict<ArticleInput | SourceFile>[] {
  if (body instanceof Upload) return body.files.map((file) => ({ accepted: { ...file, ...named } }));
  const values = Array.isArray(body) ? body : [body];
  return values.map((value, index) => {
    try {
      return { accepted: toArticle(value) };
    } catch (error) {
      return rejected(idOf(value, `#${index + 1}`), error);
    }
  });
}

/** Solved tickets of an NDJSON stream in batches; a bad line is a verdict, not an end. */
export async function* readTickets(
  stream: AsyncIterable<Buffer>,
): AsyncGenerator<readonly Verdict<SolvedTicketInput>[]> {
  let batch: Verdict<SolvedTicketInput>[] = [];
  let number = 0;
  for await (const line of readLines(stream)) {
    number += 1;
    let value: unknown;
    try {
      if (isFault(line)) throw line;
      value = parseJson(line);
      batch.push({ accepted: parseWith(solvedTicketSchema, value) });
    } catch (error) {
      batch.push(rejected(idOf(value, `#${number}`), error));
    }
    if (batch.length < BATCH) continue;
    yield batch;
    batch = [];
  }
  yield batch;
}

/** Hands what was accepted to the store and puts its answers beside the refusals, in the order of the request. */
export async function ingest<T>(
  verdicts: readonly Verdict<T>[],
  store: (accepted: readonly T[]) => Promise<readonly IngestedDocument[]>,
): Promise<readonly IngestedDocument[]> {
  const accepted = verdicts.flatMap((verdict) => ('accepted' in verdict ? [verdict.accepted] : []));
  const stored = accepted.length > 0 ? await store(accepted) : [];
  const refused = verdicts.length > accepted.length;
  // A file may hold several articles, but then nothing was refused before the store saw it.
  if (!refused) return stored;
  const told = stored.values();
  return verdicts.flatMap((verdict) => ('rejected' in verdict ? [verdict.rejected] : [...told.take(1)]));
}

/** The report of an ingestion, as `ingest --json` prints it. */
export function reportOf(documents: readonly IngestedDocument[]): IngestReport {
  const count = (status: IngestedDocument['status']) =>
    documents.filter((each) => each.status === status).length;
  return {
    added: count('added'),
    updated: count('updated'),
    unchanged: count('unchanged'),
    rejected: count('rejected'),
    documents: [...documents],
  };
}
