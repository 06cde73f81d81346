import { open, stat, truncate } from 'node:fs/promises';
import { basename } from 'node:path';
import { fault } from '../../agents/contracts/index.js';
import { readBytes, readJsonLines } from './json-lines.js';

/** Where the results of a batch go, a line each: stdout, or a file that is gone on with after its last whole line. */
export interface ResultFile {
  /** Lines that an earlier, interrupted command has written. */
  readonly done: number;
  /** Names this file and no other one at its place: the same as long as it is gone on with. */
  readonly identity: string;
  /**
   * Those items that have no result yet.
   * @throws `USAGE` where the file holds results of other items
   */
  remaining<T>(items: AsyncIterable<T> | Iterable<T>, idOf: (item: T) => string): AsyncGenerator<T>;
  /** Resolves when the reader has taken it. */
  write(result: unknown): Promise<void>;
  close(): Promise<void>;
}

/**
 * @param idOf - the item that a line is the result of; undefined where it is no result
 * @throws `INPUT_UNREADABLE`
 */
export async function openResultFile(
  path: string | undefined,
  idOf: (line: unknown) => string | undefined,
): Promise<ResultFile> {
  if (path === undefined) return standardOutput();
  const name = basename(path);
  const done = await dropBrokenLine(path).catch(refuse(name));
  const file = await open(path, 'a').catch(refuse(name));
  const { ino, birthtimeMs } = await file.stat();

  async function* keptIds() {
    for await (const line of readJsonLines(readBytes(path ?? ''))) {
      if (line.number > done) return;
      yield 'value' in line ? idOf(line.value) : undefined;
    }
  }

  const mismatch = (number: number) =>
    fault('USAGE', {
      detail: `Line ${number} of ${name} is no result of line ${number} of the input.`,
      next: 'Name another file with --out, or move that one away.',
    });

  return {
    done,
    identity: `${ino} ${birthtimeMs}`,
    async *remaining(items, idOfItem) {
      const kept = keptIds();
      let number = 0;
      for await (const item of items) {
        number += 1;
        const { done: over, value } = await kept.next();
        if (over) yield item;
        else if (value !== idOfItem(item)) throw mismatch(number);
      }
      if (number < done) throw mismatch(number + 1);
    },
    write: (result) => file.appendFile(`${JSON.stringify(result)}\n`),
    async close() {
      await file.sync();
      await file.close();
    },
  };
}

function standardOutput(): ResultFile {
  return {
    done: 0,
    identity: '',
    async *remaining(items) {
      for await (const item of items) yield item;
    },
    write: (result) =>
      // A reader that has left is no failure of ours; the callback comes with or without an error.
      new Promise((resolve) => process.stdout.write(`${JSON.stringify(result)}\n`, () => resolve())),
    close: () => Promise.resolve(),
  };
}

/** Cuts off what an interrupted command left of its last line, and counts the whole ones. */
async function dropBrokenLine(path: string): Promise<number> {
  const found = await stat(path).catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'ENOENT') return undefined;
    throw error;
  });
  if (!found) return 0;
  let size = 0;
  let end = 0;
  let lines = 0;
  for await (const chunk of readBytes(path)) {
    for (let at = chunk.indexOf(0x0a); at >= 0; at = chunk.indexOf(0x0a, at + 1)) {
      end = size + at + 1;
      lines += 1;
    }
    size += chunk.length;
  }
  if (end < size) await truncate(path, end);
  return lines;
}

const refuse =
  (name: string) =>
  (cause: unknown): never => {
    throw fault('INPUT_UNREADABLE', { detail: `${name} cannot be used.`, cause });
  };
