import { readdir, readFile, stat } from 'node:fs/promises';
import { basename, join, relative, sep } from 'node:path';
import { fault } from '../../agents/contracts/index.js';
import { MAX_DOCUMENT_BYTES } from '../engine/reading/reading-process.js';

/** Something to read: its bytes are fetched only when its turn has come. */
export interface Source {
  /** As the user wrote it, or below the folder that the user named. */
  readonly path: string;
  /** Address of the page, where it is one. */
  readonly url?: string;
  /**
   * The name is that below what was named: ids are made from it, and its ending tells the format.
   * @throws `INPUT_UNREADABLE`, `PAYLOAD_TOO_LARGE`
   */
  load(): Promise<{ readonly name: string; readonly bytes: Uint8Array }>;
}

const FETCH_TIMEOUT_MS = 60_000;

const ENDINGS: Readonly<Record<string, string>> = {
  'text/html': 'html',
  'text/markdown': 'md',
  'text/plain': 'txt',
  'application/json': 'json',
  'application/jsonl': 'jsonl',
  'application/x-ndjson': 'jsonl',
};

/**
 * Everything that the paths name, in order: a file, all files of a folder (hidden ones and node_modules left out), or
 * an address that this command fetches for its user.
 * @throws `INPUT_UNREADABLE` where a path does not exist
 */
export async function listSources(paths: readonly string[]): Promise<readonly Source[]> {
  const found = await Promise.all(paths.map((path) => sourcesOf(path)));
  return found.flat();
}

async function sourcesOf(path: string): Promise<readonly Source[]> {
  if (/^https?:\/\//i.test(path)) return [addressSource(path)];
  const found = await stat(path).catch((cause: unknown) => {
    throw fault('INPUT_UNREADABLE', { detail: `There is no ${basename(path)}.`, cause });
  });
  if (!found.isDirectory()) return [fileSource(path, basename(path))];
  const entries = await readdir(path, { recursive: true, withFileTypes: true });
  return entries
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name))
    .filter(
      (file) =>
        !relative(path, file)
          .split(sep)
          .some((part) => part.startsWith('.') || part === 'node_modules'),
    )
    .sort()
    .map((file) => fileSource(file, relative(path, file).split(sep).join('/')));
}

const fileSource = (path: string, name: string): Source => ({
  path,
  async load() {
    const bytes = await readFile(path).catch((cause: unknown) => {
      throw fault('INPUT_UNREADABLE', { detail: 'The file cannot be read.', cause });
    });
    return { name, bytes };
  },
});

const addressSource = (address: string): Source => ({
  path: address,
  url: address,
  async load() {
    const response = await fetch(address, { signal: AbortSignal.timeout(FETCH_TIMEOUT_MS) }).catch(
      unreachable,
    );
    if (!response.ok)
      throw fault('INPUT_UNREADABLE', { detail: `The address answers with status ${response.status}.` });
    const mediaType = response.headers.get('content-type')?.split(';', 1)[0]?.trim() ?? '';
    const { host, pathname } = new URL(address);
    const known = ENDINGS[mediaType];
    const name =
      known === undefined ? pathname : `${pathname.replace(/\.[^./]*$/, '').replace(/\/$/, '')}.${known}`;
    return { name: `${host}${name}`, bytes: await readBody(response) };
  },
});

/** The body, given up as soon as it is too large. */
async function readBody(response: Response): Promise<Uint8Array> {
  const parts: Uint8Array[] = [];
  let size = 0;
  try {
    for await (const part of response.body ?? []) {
      size += part.length;
      if (size > MAX_DOCUMENT_BYTES) break;
      parts.push(part);
    }
  } catch (cause) {
    unreachable(cause);
  }
  if (size > MAX_DOCUMENT_BYTES) {
    throw fault('PAYLOAD_TOO_LARGE', {
      detail: `The page is larger than ${MAX_DOCUMENT_BYTES / 1024 / 1024} MiB.`,
    });
  }
  return Buffer.concat(parts);
}

function unreachable(cause: unknown): never {
  throw fault('INPUT_UNREADABLE', { detail: 'The address does not answer.', cause });
}
