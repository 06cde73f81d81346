import { z } from 'zod';
import type { JsonLine } from './json-lines.js';

/** A query of a batch, or why its line is none. The result has a line for each, in the same order. */
export type QueryLine =
  | { readonly qid: string; readonly query: string }
  | { readonly qid: string; readonly error: { readonly code: string; readonly detail: string } };

const querySchema = z.looseObject({
  qid: z.union([z.string(), z.number()]).transform(String),
  query: z.string(),
});
const namedSchema = z.looseObject({ qid: z.string() });

/** The id of the query that a result line belongs to. */
export const resultQid = (line: unknown): string | undefined => namedSchema.safeParse(line).data?.qid;

export function readQuery(line: JsonLine): QueryLine {
  if ('error' in line) {
    const { code, detail } = line.error;
    return { qid: `line ${line.number}`, error: { code, detail: `Line ${line.number}: ${detail}` } };
  }
  const parsed = querySchema.safeParse(line.value);
  if (parsed.success) return { qid: parsed.data.qid, query: parsed.data.query };
  const detail = `Line ${line.number} has no "qid" and "query".`;
  return {
    qid: resultQid(line.value) ?? `line ${line.number}`,
    error: { code: 'VALIDATION_FAILED', detail },
  };
}
