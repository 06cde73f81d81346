import type { PreparedTicket } from '../learning/ticket-store.js';
import type { IngestOptions } from '../runtime.contract.js';
import { contentHash } from './content-hash.js';
import { readArticle, readSolvedTicket } from './ingest/article.schema.js';
import { chunk } from './ingest/chunking.js';
import { findingsOf, gateOf, measure, qualityOf } from './ingest/quality.js';
import type { Incoming } from './intake.js';
import type { PreparedDocument } from './knowledge-store.js';

const idOf = (given: unknown) =>
  typeof given === 'object' && given !== null && 'id' in given ? String(given.id) : '';

/** Checks, judges, splits and hashes an article from outside. */
export function prepareDocument(
  given: unknown,
  collection: string,
  source: string,
  { chunking = 'headings', groups: theirs }: Pick<IngestOptions, 'chunking' | 'groups'> = {},
): Incoming<PreparedDocument> {
  const read = readArticle(given);
  if ('error' in read) return { id: idOf(given), error: read.error };
  const { groups = theirs, ...rest } = read.value;
  const article = { ...rest, ...(groups && { groups }) };
  const { id, title, body, url, tags, metadata } = article;
  const measures = measure(article);
  const refusal = gateOf(measures);
  if (refusal) return { id, error: refusal, measures };
  const content = [title, body, url, tags, groups, metadata, collection];
  const hash = contentHash(chunking === 'headings' ? content : [...content, chunking]);
  const chunks = chunk(body, chunking);
  const quality = [...findingsOf(measures), ...qualityOf(article)];
  const kept = { article, collection, source, hash, chunks };
  return { id, hash, passages: chunks.length, size: body.length, quality, measures, kept };
}

/** Checks and hashes a solved ticket from outside; a ticket is one passage. */
export function prepareTicket(given: unknown, source: string): Incoming<PreparedTicket> {
  const read = readSolvedTicket(given);
  if ('error' in read) return { id: idOf(given), error: read.error };
  const { ticket, metadata } = read.value;
  const hash = contentHash([ticket, metadata]);
  const size = ticket.subject.length + ticket.body.length;
  return { id: ticket.id, hash, passages: 1, size, kept: { ticket, metadata, source, hash } };
}
