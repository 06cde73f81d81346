import { describe, expect, it } from '@jest/globals';
import { pagesOf, readSitemap } from './page-sources.js';

const SITE: Readonly<Record<string, string>> = {
  'https://docs.example.com/sitemap.xml': `<sitemapindex>
    <sitemap><loc>https://docs.example.com/sitemap-1.xml</loc></sitemap>
    <sitemap><loc>https://docs.example.com/sitemap.xml</loc></sitemap></sitemapindex>`,
  'https://docs.example.com/sitemap-1.xml': `<urlset><url><loc> https://docs.example.com/vpn/ </loc></url>
    <url><loc>https://docs.example.com/vpn/</loc></url><url><loc>https://elsewhere.example.com/x</loc></url>
    <url><loc>https://docs.example.com/?a=1&amp;b=2</loc></url><url><loc>file:///etc/passwd</loc></url></urlset>`,
  'https://docs.example.com/vpn/': '<h1>VPN</h1>',
};
const fetchPage = async (url: string) => ({
  url,
  mediaType: 'text/html',
  bytes: new TextEncoder().encode(SITE[url]),
});

describe('pages to ingest', () => {
  it('are those that a sitemap and its sitemaps name on their host, each once', async () => {
    const pages = await pagesOf('https://docs.example.com/sitemap.xml', fetchPage);
    expect(pages.map(({ url }) => url)).toEqual([
      'https://docs.example.com/vpn/',
      'https://docs.example.com/?a=1&b=2',
    ]);
    expect((await pages[0]?.load())?.name).toBe('docs.example.com/vpn.html');
  });

  it('are one where the address is a page', async () => {
    const [page] = await pagesOf('https://docs.example.com/vpn/', fetchPage);
    expect(page).toMatchObject({ path: 'https://docs.example.com/vpn/' });
  });

  it('are refused where a sitemap names none', async () => {
    const empty = async () => ({ url: '', mediaType: null, bytes: new Uint8Array() });
    await expect(pagesOf('https://docs.example.com/sitemap.xml', empty)).rejects.toMatchObject({
      code: 'INPUT_UNREADABLE',
    });
    expect(readSitemap('<loc>'.repeat(100_000), 'https://docs.example.com/')).toEqual([]);
  });
});
