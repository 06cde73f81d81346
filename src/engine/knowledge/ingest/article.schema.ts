import { z } from 'zod';
import type { ErrorCode } from '../../../../agents/contracts/errors.js';
import type { ArticleInput, SolvedTicketInput } from '../../runtime.contract.js';

const MAX_LABEL = 256;

/** Text that every store and client can carry: no NUL, and no half of a surrogate pair. */
const text = z
  .string()
  .refine((value) => !value.includes('\0'), 'contains a NUL character')
  .transform((value) => value.toWellFormed());

/** Printable, so that an id can stand in a source such as `kb:ID#CHUNK`, an address and a log line. */
const idSchema = z
  .union([z.string(), z.number()])
  .transform(String)
  .pipe(z.string().regex(/^[^\p{C}]{1,256}$/u, 'must be 1 to 256 printable characters'));

const list = z.array(text.pipe(z.string().min(1).max(MAX_LABEL))).max(1_000);

/** Absent, null and given: exports write all three. */
const optional = <T>(schema: z.ZodType<T>) => schema.nullish().transform((value) => value ?? undefined);

const articleSchema = z.looseObject({
  id: idSchema,
  title: text,
  body: text.refine((value) => value.trim() !== '', 'is empty'),
  url: optional(text),
  tags: optional(list),
  groups: optional(list),
  metadata: optional(z.record(z.string(), z.unknown())),
});

const solvedTicketSchema = z
  .looseObject({
    id: idSchema,
    subject: text,
    body: text,
    category: optional(text),
    queue: optional(text),
    priority: optional(text),
    articles: optional(list),
    resolution: optional(text),
    createdAt: optional(text),
    locale: optional(text),
  })
  .refine(({ subject, body }) => `${subject}${body}`.trim() !== '', 'subject and body are empty');

export interface Rejection {
  readonly code: ErrorCode;
  readonly detail: string;
}

export type Read<T> = { readonly value: T } | { readonly error: Rejection };

type Present<T> = { [K in keyof T]: Exclude<T[K], undefined> };

/** The same object without the keys whose value is undefined. */
const present = <T extends object>(value: T) =>
  Object.fromEntries(Object.entries(value).filter(([, held]) => held !== undefined)) as Present<T>;

function check<T>(schema: z.ZodType<T>, value: unknown): Read<T> {
  const read = schema.safeParse(value);
  if (read.success) return { value: read.data };
  const detail = read.error.issues
    .map(({ path, message }) => `${path.join('.') || 'value'}: ${message}`)
    .join('; ');
  return { error: { code: 'VALIDATION_FAILED', detail } };
}

/** One article as it comes from outside. Unknown keys are kept as metadata; a blank title becomes the id. */
export function readArticle(given: unknown): Read<ArticleInput> {
  const read = check(articleSchema, given);
  if ('error' in read) return read;
  const { id, title, body, url, tags, groups, metadata, ...extra } = read.value;
  const kept = { ...metadata, ...extra };
  const known = { id, title: title.trim() || id, body, url, tags, groups };
  return { value: present({ ...known, metadata: Object.keys(kept).length > 0 ? kept : undefined }) };
}

/** A solved ticket with the keys that the contract does not name. */
export interface ReadTicket {
  readonly ticket: SolvedTicketInput;
  readonly metadata: Readonly<Record<string, unknown>>;
}

/** One solved ticket as it comes from outside. Subject or body may be empty, not both. */
export function readSolvedTicket(given: unknown): Read<ReadTicket> {
  const read = check(solvedTicketSchema, given);
  if ('error' in read) return read;
  const {
    id,
    subject,
    body,
    category,
    queue,
    priority,
    articles,
    resolution,
    createdAt,
    locale,
    ...metadata
  } = read.value;
  const ticket = { id, subject, body, category, queue, priority, articles, resolution, createdAt, locale };
  return { value: { ticket: present(ticket), metadata } };
}
