import { readdir, readFile, stat } from 'node:fs/promises';
import { basename, join, relative, sep } from 'node:path';
import { fault } from '../../agents/contracts/index.js';
import type { FetchPage } from '../engine/network/page-reader.js';
import { pagesOf } from './page-sources.js';
import type { Source } from './source.js';

/**
 * Everything that the paths name, in order: a file, all files of a folder (hidden ones and node_modules left out), a web
 * page, or the pages of a sitemap.
 * @throws `INPUT_UNREADABLE` where a path does not exist, `USAGE` for an address that cannot be fetched, and what {@link pagesOf} throws
 */
export async function listSources(
  paths: readonly string[],
  fetchPage?: FetchPage,
): Promise<readonly Source[]> {
  const found = await Promise.all(paths.map((path) => sourcesOf(path, fetchPage)));
  return found.flat();
}

async function sourcesOf(path: string, fetchPage: FetchPage | undefined): Promise<readonly Source[]> {
  if (/^https?:\/\//i.test(path)) {
    if (!fetchPage) throw fault('USAGE', { detail: 'Files and folders are read here, no addresses.' });
    return pagesOf(path, fetchPage);
  }
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
