import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { mkdir, open } from 'node:fs/promises';
import { dirname } from 'node:path';
import { z } from 'zod';
import { type Outcome, outcomeSchema } from './outcome.contract.js';

interface Place {
  readonly offset: number;
  readonly length: number;
}

/** Outcomes on disk by key: what was measured once, and where an interrupted run goes on. Only places are in memory. */
export interface OutcomeLog {
  has(key: string): boolean;
  get(key: string): Promise<Outcome | null>;
  /** Resolves when the line is written. */
  put(key: string, outcome: Outcome): Promise<void>;
  close(): Promise<void>;
}

/** A key that names an outcome by all that it depends on. */
export const keyOf = (...parts: readonly unknown[]): string =>
  createHash('sha256').update(JSON.stringify(parts)).digest('base64url');

const lineSchema = z.object({ key: z.string(), outcome: outcomeSchema });
const KEY = /^\{"key":"([\w-]+)",/;

/** Opens the log, made where there is none. A line that an interruption left half is written over. */
export async function openOutcomeLog(path: string): Promise<OutcomeLog> {
  await mkdir(dirname(path), { recursive: true });
  const places = new Map<string, Place>();
  // Appending would put a line after the half one; positions are ours.
  const file = await open(path, 'a').then(async (made) => {
    await made.close();
    return open(path, 'r+');
  });
  let end = await indexLines(path, places);
  await file.truncate(end);
  let written = end;
  let waiting: string[] = [];
  let writing: Promise<void> | undefined;

  /** Lines that arrive while others are written are written together. */
  const flush = async () => {
    while (waiting.length > 0) {
      const bytes = Buffer.from(waiting.join(''));
      waiting = [];
      await file.write(bytes, 0, bytes.length, written);
      written += bytes.length;
    }
    writing = undefined;
  };

  return {
    has: (key) => places.has(key),
    async get(key) {
      const place = places.get(key);
      if (!place) return null;
      await writing;
      const bytes = Buffer.alloc(place.length);
      await file.read(bytes, 0, place.length, place.offset);
      return lineSchema.parse(JSON.parse(bytes.toString())).outcome;
    },
    async put(key, outcome) {
      const line = `${JSON.stringify({ key, outcome })}\n`;
      const length = Buffer.byteLength(line);
      places.set(key, { offset: end, length });
      end += length;
      waiting.push(line);
      writing ??= flush();
      await writing;
    },
    async close() {
      await writing;
      await file.close();
    },
  };
}

/** Notes where each whole line stands; gives the end of the last one. */
async function indexLines(path: string, places: Map<string, Place>): Promise<number> {
  let offset = 0;
  let rest: Buffer = Buffer.alloc(0);
  for await (const chunk of createReadStream(path)) {
    rest = Buffer.concat([rest, z.instanceof(Buffer).parse(chunk)]);
    let begin = 0;
    for (let feed = rest.indexOf(0x0a); feed >= 0; feed = rest.indexOf(0x0a, begin)) {
      const length = feed + 1 - begin;
      const key = KEY.exec(rest.toString('latin1', begin, begin + 100))?.[1];
      if (key) places.set(key, { offset, length });
      offset += length;
      begin = feed + 1;
    }
    rest = rest.subarray(begin);
  }
  return offset;
}
