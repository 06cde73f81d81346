import { fault } from '../../agents/contracts/index.js';
import type { FetchPage } from '../engine/network/page-reader.js';
import type { Source } from './source.js';

/** Pages of a site that a sitemap may name; further ones are left out. */
const MOST_PAGES = 5_000;

const SITEMAP = /\/[^/]*sitemap[^/]*\.xml$/i;

const ENDINGS: Readonly<Record<string, string>> = {
  'text/html': 'html',
  'application/xhtml+xml': 'html',
  'text/markdown': 'md',
  'text/plain': 'txt',
  'text/csv': 'csv',
  'application/json': 'json',
  'application/jsonl': 'jsonl',
  'application/x-ndjson': 'jsonl',
  'application/pdf': 'pdf',
  'message/rfc822': 'eml',
  'application/vnd.openxmlformats-officedocument.wordprocessingml.document': 'docx',
};

/** What the media type says beats what the address says; both together make the name that ids come from. */
function nameOf(address: string, mediaType: string | null): string {
  const { host, pathname } = new URL(address);
  const ending = ENDINGS[mediaType ?? ''];
  if (ending === undefined) return `${host}${pathname}`;
  const stem = pathname
    .replace(/\.(?:html?|md|txt|csv|jsonl?|pdf|eml|docx|php|aspx?)$/i, '')
    .replace(/\/$/, '');
  return `${host}${stem}.${ending}`;
}

const pageSource = (address: string, fetchPage: FetchPage): Source => ({
  path: address,
  url: address,
  async load() {
    const { url, mediaType, bytes } = await fetchPage(address);
    return { name: nameOf(url, mediaType), bytes };
  },
});

/** The addresses of a sitemap (sitemaps.org): pages, or further sitemaps. Those of other hosts are none of its business. */
export function readSitemap(xml: string, address: string): readonly string[] {
  const { host } = new URL(address);
  const named = [...xml.matchAll(/<loc>\s*([^<\s]{1,2048})\s*<\/loc>/g)].map(([, text = '']) =>
    text.replaceAll('&amp;', '&'),
  );
  return [...new Set(named)].filter((text) => URL.canParse(text) && new URL(text).host === host);
}

/**
 * What an address stands for: a page, or for a sitemap all pages that it names, and the sitemaps in it.
 * @throws like {@link FetchPage} where a sitemap cannot be had, `INPUT_UNREADABLE` where it names nothing
 */
export async function pagesOf(address: string, fetchPage: FetchPage): Promise<readonly Source[]> {
  if (!SITEMAP.test(new URL(address).pathname)) return [pageSource(address, fetchPage)];
  const pages: string[] = [];
  const waiting = [address];
  const seen = new Set(waiting);
  for (let next = waiting.shift(); next !== undefined && pages.length < MOST_PAGES; next = waiting.shift()) {
    const { bytes } = await fetchPage(next);
    for (const found of readSitemap(new TextDecoder().decode(bytes), next)) {
      if (seen.has(found)) continue;
      seen.add(found);
      if (SITEMAP.test(new URL(found).pathname)) waiting.push(found);
      else pages.push(found);
    }
  }
  if (pages.length === 0)
    throw fault('INPUT_UNREADABLE', { detail: 'The sitemap names no page of its host.' });
  return pages.slice(0, MOST_PAGES).map((page) => pageSource(page, fetchPage));
}
