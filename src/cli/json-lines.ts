import { createReadStream } from 'node:fs';
import { basename } from 'node:path';
import { z } from 'zod';
import { asFault, type Fault, fault, isFault } from '../../agents/contracts/index.js';
import { decodeJson, refuseHostile } from '../host/common/json.js';
import { readLines } from '../host/common/ndjson.js';

/** A line of a file, read as the host reads it: its value, or why it has none. */
export type JsonLine = {
  /** From 1; blank lines are not counted. */
  readonly number: number;
  readonly bytes: number;
  /** The `id` that the value names, else `#N`, as the host calls the N-th line of a body. */
  readonly id: string;
} & ({ readonly value: unknown } | { readonly error: Fault });

const named = z.looseObject({ id: z.string().regex(/^\P{C}{1,256}$/u) });

/**
 * The bytes of a file, or of stdin for `-`.
 * @throws `INPUT_UNREADABLE`
 */
export async function* readBytes(path: string): AsyncGenerator<Buffer> {
  try {
    yield* path === '-' ? process.stdin : createReadStream(path);
  } catch (cause) {
    throw fault('INPUT_UNREADABLE', {
      detail: `${path === '-' ? 'The standard input' : basename(path)} cannot be read.`,
      cause,
    });
  }
}

/** A file of one's own may be as long as it likes; its lines may not. */
const ANY_LENGTH = Number.POSITIVE_INFINITY;

/** Lines as values, one at a time, each under the limits of the host's doors. */
export async function* readJsonLines(bytes: AsyncIterable<Buffer>): AsyncGenerator<JsonLine> {
  let number = 0;
  for await (const line of readLines(bytes, ANY_LENGTH)) {
    number += 1;
    if (isFault(line)) yield { number, bytes: 0, id: `#${number}`, error: line };
    else yield { number, bytes: line.length, ...readLine(line, number) };
  }
}

function readLine(line: Buffer, number: number) {
  let id = `#${number}`;
  try {
    const value = decodeJson(line);
    id = named.safeParse(value).data?.id ?? id;
    refuseHostile(value);
    return { id, value };
  } catch (error) {
    return { id, error: asFault(error) };
  }
}

/** How many lines a file has that are not blank; undefined for stdin, which can be read only once. */
export async function countLines(path: string): Promise<number | undefined> {
  if (path === '-') return undefined;
  let count = 0;
  for await (const _ of readLines(readBytes(path), ANY_LENGTH)) count += 1;
  return count;
}
