import type { ArticleInput, IngestedDocument, SourceFile } from '../../runtime.contract.js';
import type { Read, Rejection } from './article.schema.js';
import { csv } from './formats/csv.format.js';
import { docx } from './formats/docx.format.js';
import { email } from './formats/email.format.js';
import {
  type BinaryReader,
  endingOf,
  type Item,
  idFromName,
  MAX_DOCUMENT_BYTES,
  refused,
  type TextReader,
} from './formats/format.js';
import { html } from './formats/html.format.js';
import { pdf } from './formats/pdf.format.js';
import { jsonArticles, jsonLines, markdown, plain } from './formats/text.formats.js';

export interface RejectedDocument extends IngestedDocument {
  readonly error: Rejection;
}

export interface ReadFile {
  readonly articles: readonly ArticleInput[];
  readonly rejected: readonly RejectedDocument[];
}

const MIB = 1024 * 1024;
/** Largest file of many documents. */
const MAX_LIST_BYTES = 256 * MIB;

interface Format {
  /** What such a file must begin with; text where absent. */
  readonly signature?: string;
  readonly read: BinaryReader;
  readonly mostBytes?: number;
}

/** Decodes UTF-8, and UTF-16 with a byte order mark; `fallback` is for formats that programs still write in an older code. */
function decoded(bytes: Uint8Array, fallback?: string): Read<string> {
  const isWide = (bytes[0] === 0xff && bytes[1] === 0xfe) || (bytes[0] === 0xfe && bytes[1] === 0xff);
  if (!isWide && bytes.includes(0)) return refused('UNSUPPORTED_MEDIA_TYPE', 'This is a binary file.');
  const wide = bytes[0] === 0xff ? 'utf-16le' : 'utf-16be';
  try {
    const value = new TextDecoder(isWide ? wide : 'utf-8', { fatal: true }).decode(bytes);
    return value.trim() === '' ? refused('VALIDATION_FAILED', 'The file is empty.') : { value };
  } catch {
    return fallback === undefined
      ? refused('UNSUPPORTED_MEDIA_TYPE', 'The text is not UTF-8.')
      : { value: new TextDecoder(fallback).decode(bytes) };
  }
}

const text = (reader: TextReader, fallback?: string): Format => ({
  read: (name, bytes) => {
    const found = decoded(bytes, fallback);
    return 'error' in found ? [{ id: idFromName(name), read: found }] : reader(name, found.value);
  },
});

const lines: Format = { ...text(jsonLines), mostBytes: MAX_LIST_BYTES };
const page = text(html);
/** Excel still saves tables in the code page of its system. */
const table = text(csv, 'windows-1252');

/** What attachments may be: no message in a message, so that nothing nests. */
const ATTACHABLE: Readonly<Record<string, Format>> = {
  md: text(markdown),
  markdown: text(markdown),
  txt: text(plain),
  text: text(plain),
  html: page,
  htm: page,
  json: text(jsonArticles),
  jsonl: lines,
  ndjson: lines,
  csv: table,
  tsv: table,
  pdf: { signature: '%PDF-', read: pdf },
  docx: { signature: 'PK', read: docx },
};

const FORMATS: Readonly<Record<string, Format>> = {
  ...ATTACHABLE,
  eml: {
    read: (name, bytes) =>
      email(name, bytes, (attached, content) =>
        Object.hasOwn(ATTACHABLE, endingOf(attached)) ? itemsOf(attached, content) : undefined,
      ),
  },
};

/** Endings of the files that can be read, without the dot. */
export const READABLE_ENDINGS: readonly string[] = Object.keys(FORMATS);

/** PDF readers look for the signature in the first kilobyte (ISO 32000-1, annex H.3.4.1). */
const begins = (bytes: Uint8Array, signature: string) =>
  Buffer.from(bytes.buffer, bytes.byteOffset, Math.min(bytes.length, 1024)).includes(signature);

async function itemsOf(name: string, bytes: Uint8Array<ArrayBuffer>): Promise<readonly Item[]> {
  const ending = endingOf(name);
  const alone = (code: Rejection['code'], detail: string): Item[] => [
    { id: idFromName(name), read: refused(code, detail) },
  ];
  const format = Object.hasOwn(FORMATS, ending) ? FORMATS[ending] : undefined;
  if (!format)
    return alone('UNSUPPORTED_MEDIA_TYPE', `Files that can be read end in ${READABLE_ENDINGS.join(', ')}.`);
  const { mostBytes = MAX_DOCUMENT_BYTES, signature, read } = format;
  if (bytes.length > mostBytes)
    return alone('PAYLOAD_TOO_LARGE', `The file is larger than ${mostBytes / MIB} MiB.`);
  if (signature !== undefined && !begins(bytes, signature))
    return alone('UNSUPPORTED_MEDIA_TYPE', `The content is not what the ending .${ending} says.`);
  return read(name, bytes);
}

/**
 * Reads the articles of one file by its ending (docs/formats.md). What cannot be read is named with a code, beside what
 * can. Meant for a process that may be lost: `reading-process.ts` runs it in one.
 */
export async function readArticles({ name, bytes, id, title }: SourceFile): Promise<ReadFile> {
  const articles: ArticleInput[] = [];
  const rejected: RejectedDocument[] = [];
  for (const item of await itemsOf(name, new Uint8Array(bytes))) {
    const { read } = item;
    if ('error' in read) rejected.push({ id: item.id, status: 'rejected', passages: 0, error: read.error });
    else articles.push(read.value);
  }
  const [only] = articles;
  if (!only || articles.length > 1) return { articles, rejected };
  return { articles: [{ ...only, id: id ?? only.id, title: title ?? only.title }], rejected };
}
