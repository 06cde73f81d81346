import { createHash } from 'node:crypto';
import { extname } from 'node:path';
import { z } from 'zod';
import {
  asFault,
  type Depth,
  type ErrorBody,
  errorBody,
  fault,
  type TriageRequest,
  triageRequestSchema,
} from '../../agents/contracts/index.js';
import { parseJson } from '../host/common/json.js';
import { parseWith } from '../host/common/validation.js';
import { type JsonLine, readBytes } from './json-lines.js';

/** A ticket of a batch, or why its line is none. */
export type TicketLine = { readonly id: string; readonly bytes: number } & (
  | { readonly request: TriageRequest }
  | { readonly error: ErrorBody }
);

const MOST_BYTES_OF_ONE = 1024 * 1024;

const KNOWN_KEYS: ReadonlySet<string> = new Set(Object.keys(triageRequestSchema.shape));
const objectSchema = z.record(z.string(), z.unknown());

/** A line of a help desk's export has columns that are its own: the door would refuse them, here they become `fields`. */
function withExtraKeys(value: unknown): unknown {
  const { data: given } = objectSchema.safeParse(value);
  const { data: fields } = objectSchema.default({}).safeParse(given?.fields);
  if (!given || !fields) return value;
  const isKnown = ([key]: readonly [string, unknown]) => KNOWN_KEYS.has(key);
  const extra = Object.entries(given).filter((entry) => !isKnown(entry));
  if (extra.length === 0) return value;
  const known = Object.fromEntries(Object.entries(given).filter(isKnown));
  return { ...known, fields: { ...Object.fromEntries(extra), ...fields } };
}

const checked = (value: unknown): TriageRequest => parseWith(triageRequestSchema, withExtraKeys(value));

const deepened = (request: TriageRequest, depth: Depth | undefined): TriageRequest =>
  depth === undefined ? request : { ...request, options: { ...request.options, depth } };

/** A ticket that names no id gets one that is the same whenever the file is read again. */
const madeId = (number: number, request: TriageRequest) =>
  `ticket_${createHash('sha256')
    .update(JSON.stringify([number, request]))
    .digest('hex')
    .slice(0, 32)}`;

/** A line checked as the host's door checks a body, its extra keys kept; `depth` stands above the line's own. */
export function readTicketLine(line: JsonLine, depth: Depth | undefined): TicketLine {
  const { number, bytes } = line;
  try {
    if ('error' in line) throw line.error;
    const given = checked(line.value);
    const id = given.id ?? madeId(number, given);
    return { id, bytes, request: deepened({ ...given, id }, depth) };
  } catch (error) {
    return { id: line.id, bytes, error: errorBody(asFault(error)) };
  }
}

/**
 * The one ticket of a text.
 * @throws `INVALID_JSON`, `VALIDATION_FAILED`, `PAYLOAD_TOO_LARGE`
 */
export async function readTicket(
  bytes: AsyncIterable<Buffer>,
  depth: Depth | undefined,
): Promise<TriageRequest> {
  const pieces: Buffer[] = [];
  let size = 0;
  for await (const piece of bytes) {
    size += piece.length;
    if (size > MOST_BYTES_OF_ONE)
      throw fault('PAYLOAD_TOO_LARGE', {
        detail: 'A ticket may have at most 1 MiB.',
        next: 'Send many as JSONL.',
      });
    pieces.push(piece);
  }
  return deepened(checked(parseJson(Buffer.concat(pieces))), depth);
}

export interface Input {
  /** True for one ticket, whatever its layout; false for a ticket a line. */
  readonly single: boolean;
  readonly bytes: AsyncIterable<Buffer>;
}

const LONE_BRACE = /^\s*\{\s*\n/;

/**
 * A file by its ending, `.json` or `.jsonl`; what has neither, such as stdin, is one ticket where its first line is a
 * lone brace, as JSON is printed for people.
 */
export async function openInput(path: string): Promise<Input> {
  const ending = extname(path).toLowerCase();
  if (ending === '.json' || ending === '.jsonl')
    return { single: ending === '.json', bytes: readBytes(path) };
  const rest = readBytes(path);
  const { value: first = Buffer.alloc(0) } = await rest.next();
  async function* bytes() {
    yield first;
    yield* rest;
  }
  return { single: LONE_BRACE.test(first.toString('latin1', 0, 64)), bytes: bytes() };
}
