import { z } from 'zod';
import { CHUNKING } from '../../engine/runtime.contract.js';
import { Upload } from '../common/upload.js';

export const documentIdSchema = z.string().min(1).max(512);
const collection = z
  .string()
  .regex(/^[\w.-]{1,64}$/)
  .optional();

/** An article; keys beyond these are kept as its metadata. */
export const articleSchema = z
  .looseObject({
    id: documentIdSchema,
    title: z.string().min(1).max(1_000),
    body: z.string().min(1).describe('Markdown or text'),
    url: z.string().max(2_048).exactOptional(),
    tags: z.array(z.string()).max(100).exactOptional(),
    groups: z.array(z.string()).max(100).exactOptional().describe('who may read it; everybody where absent'),
  })
  .meta({ id: 'Article' });

/** Markdown, text or HTML as the body, or the files of a form. */
const uploadSchema = z.instanceof(Upload).meta({ type: 'string', format: 'binary' });

/** Each article is read on its own, so that a bad one never stops the others. */
export const addDocumentsSchema = z
  .union([z.array(z.unknown()).min(1).max(10_000), uploadSchema, z.record(z.string(), z.unknown())])
  .describe('one article, a list of articles, or documents as they are');
export type AddDocuments = z.output<typeof addDocumentsSchema>;

export const addQuerySchema = z.object({
  collection,
  chunking: z.enum(CHUNKING).exactOptional().describe('how documents are cut into passages'),
  groups: z
    .string()
    .max(10_000)
    .transform((list) => list.split(',').filter((group) => group !== ''))
    .exactOptional()
    .describe('who may read documents that name no groups of their own, separated by commas'),
  id: documentIdSchema.exactOptional().describe('of the document, where the body is one'),
  title: z.string().min(1).max(1_000).exactOptional().describe('in place of its first heading'),
});
export type AddQuery = z.output<typeof addQuerySchema>;

export const searchQuerySchema = z.object({
  q: z.string().min(1).max(10_000),
  k: z.coerce.number().int().min(1).max(1_000).default(10),
  collection,
  explain: z.enum(['true', 'false', '1', '0']).optional(),
});
export type SearchQuery = z.output<typeof searchQuerySchema>;

const span = z.array(z.int()).length(2).describe('UTF-16 code units of the body');

export const searchHitsSchema = z
  .object({
    hits: z.array(
      z.object({
        docId: z.string(),
        chunkId: z.string(),
        score: z.number(),
        title: z.string(),
        text: z.string(),
        span,
        signals: z.record(z.string(), z.number()).optional(),
      }),
    ),
  })
  .meta({ id: 'SearchHits' });

export const documentSchema = articleSchema
  .extend({ collection: z.string(), hash: z.string(), passages: z.int(), updatedAt: z.string() })
  .meta({ id: 'Document' });

export const solvedTicketSchema = z
  .looseObject({
    id: documentIdSchema,
    subject: z.string().max(10_000),
    body: z.string(),
    category: z.string().exactOptional(),
    queue: z.string().exactOptional(),
    priority: z.string().exactOptional(),
    articles: z.array(z.string()).exactOptional(),
    resolution: z.string().exactOptional(),
    createdAt: z.string().exactOptional(),
    locale: z.string().exactOptional(),
  })
  .meta({ id: 'SolvedTicket' });

const count = z.int();

const share = z.number().min(0).max(1);
const measures = z.object({ extraction: share, readability: share, originality: share });

export const ingestReportSchema = z
  .object({
    added: count,
    updated: count,
    unchanged: count,
    rejected: count,
    documents: z.array(
      z.object({
        id: z.string(),
        status: z.enum(['added', 'updated', 'unchanged', 'rejected']),
        passages: count,
        quality: z.array(z.string()).readonly().optional().describe('what its author could mend'),
        measures: measures.optional().describe('shares from 0 to 1'),
        error: z.object({ code: z.string(), detail: z.string() }).optional(),
      }),
    ),
  })
  .meta({ id: 'IngestReport' });
export type IngestReport = z.output<typeof ingestReportSchema>;

export const jobIdSchema = z.string().regex(/^job_[\da-f-]{36}$/);

/** A job tells what {@link ingestReportSchema} tells, once it has ended. */
export const ingestJobSchema = ingestReportSchema
  .extend({
    id: jobIdSchema,
    status: z.enum(['running', 'completed', 'failed']),
    done: count.describe('documents that are through'),
    total: count.describe('of so many that are known so far'),
    error: z.object({ code: z.string(), detail: z.string() }).optional(),
  })
  .meta({ id: 'IngestJob' });
export type IngestJobReply = z.output<typeof ingestJobSchema>;
