import { open, readFile, truncate } from 'node:fs/promises';
import { basename } from 'node:path';
import { z } from 'zod';
import { fault } from '../../agents/contracts/index.js';

/** A query of a batch, or why its line is none. The result has a line for each, in the same order. */
export type QueryLine =
  | { readonly qid: string; readonly query: string }
  | { readonly qid: string; readonly error: { readonly code: string; readonly detail: string } };

const querySchema = z.looseObject({
  qid: z.union([z.string(), z.number()]).transform(String),
  query: z.string(),
});
const resultSchema = z.looseObject({ qid: z.string() });

/** @throws `INPUT_UNREADABLE` */
export async function readQueries(path: string): Promise<readonly QueryLine[]> {
  const text = await readFile(path, 'utf8').catch((cause: unknown) => {
    throw fault('INPUT_UNREADABLE', { detail: `${basename(path)} cannot be read.`, cause });
  });
  return text
    .split('\n')
    .map((line, index) => ({ line, number: index + 1 }))
    .filter(({ line }) => line.trim() !== '')
    .map(({ line, number }) => readQuery(line, number));
}

function readQuery(line: string, number: number): QueryLine {
  const value = parseJson(line);
  const parsed = querySchema.safeParse(value);
  if (parsed.success) return { qid: parsed.data.qid, query: parsed.data.query };
  const { data: named } = z.looseObject({ qid: z.string() }).safeParse(value);
  const [code, detail] =
    value === undefined
      ? ['INVALID_JSON', `Line ${number} is not one JSON value.`]
      : ['VALIDATION_FAILED', `Line ${number} has no "qid" and "query".`];
  return { qid: named?.qid ?? `line ${number}`, error: { code, detail } };
}

export interface Batch {
  /** Lines that an earlier, interrupted command has written. */
  readonly done: number;
  write(lines: string): Promise<void>;
  close(): Promise<void>;
}

/**
 * Where the results go: stdout, or a file that goes on after its last whole line.
 * @throws `USAGE` where the file holds results of other queries, `INPUT_UNREADABLE`
 */
export async function openBatch(path: string | undefined, queries: readonly QueryLine[]): Promise<Batch> {
  if (path === undefined) {
    return { done: 0, write: async (lines) => void process.stdout.write(lines), close: async () => {} };
  }
  const done = await keptLines(path, queries);
  const file = await open(path, 'a').catch(refuse(path));
  return {
    done,
    write: (lines) => file.appendFile(lines),
    async close() {
      await file.sync();
      await file.close();
    },
  };
}

async function keptLines(path: string, queries: readonly QueryLine[]): Promise<number> {
  const bytes = await readFile(path).catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'ENOENT') return Buffer.alloc(0);
    return refuse(path)(error);
  });
  const end = bytes.lastIndexOf('\n') + 1;
  const lines = bytes.toString('utf8', 0, end).split('\n').slice(0, -1);
  lines.forEach((line, index) => {
    const { data } = resultSchema.safeParse(parseJson(line));
    if (data && data.qid === queries[index]?.qid) return;
    throw fault('USAGE', {
      detail: `Line ${index + 1} of ${basename(path)} is no result of line ${index + 1} of the queries.`,
      next: 'Name another file with --out, or move that one away.',
    });
  });
  if (end < bytes.length) await truncate(path, end);
  return lines.length;
}

const refuse =
  (path: string) =>
  (cause: unknown): never => {
    throw fault('INPUT_UNREADABLE', { detail: `${basename(path)} cannot be used.`, cause });
  };

/** Undefined where the text is not JSON. */
function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
