import type { ErrorCode } from '../../../../../agents/contracts/errors.js';
import type { ArticleInput } from '../../../runtime.contract.js';
import type { Read } from '../article.schema.js';

/** Largest document. */
export const MAX_DOCUMENT_BYTES = 32 * 1024 * 1024;

/** One article of a file, or why it is none. */
export interface Item {
  readonly id: string;
  readonly read: Read<ArticleInput>;
}

/** How much of a document its reader got hold of; kept in the article's metadata under `extraction`. */
export interface Extraction {
  readonly format: string;
  /** From 0 to 1; absent where the format hides nothing. */
  readonly share?: number;
  /** What was chosen or left out, in a few words. */
  readonly note?: string;
}

/** Reads text that was decoded already. */
export type TextReader = (name: string, text: string) => readonly Item[] | Promise<readonly Item[]>;

/** Reads a format of its own. */
export type BinaryReader = (
  name: string,
  bytes: Uint8Array<ArrayBuffer>,
) => readonly Item[] | Promise<readonly Item[]>;

export const refused = (code: ErrorCode, detail: string): Read<never> => ({ error: { code, detail } });

/** `Guides/VPN set-up.md` → `guides.vpn-set-up`. No name leads anywhere: nothing but letters, digits, `-` and `.` is left. */
export function idFromName(name: string): string {
  const parts = name.replace(/\.[^./]*$/, '').split('/');
  const slugs = parts.map((part) =>
    part
      .normalize('NFC')
      .toLowerCase()
      .split(/[^\p{L}\p{N}]+/u)
      .filter((word) => word !== '')
      .join('-'),
  );
  return (
    slugs
      .filter((slug) => slug !== '')
      .join('.')
      .slice(0, 256) || 'untitled'
  );
}

export const titleFromName = (name: string): string =>
  (name.split('/').at(-1) ?? name).replace(/\.[^.]*$/, '').replaceAll(/[-_]+/g, ' ');

/** The lower-case ending of a file name, without the dot. */
export const endingOf = (name: string): string => (/\.([^./]+)$/.exec(name)?.[1] ?? '').toLowerCase();
