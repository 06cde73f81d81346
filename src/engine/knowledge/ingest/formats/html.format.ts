import { readArticle } from '../article.schema.js';
import { type HtmlText, htmlText } from '../html.js';
import { type Item, idFromName, titleFromName } from './format.js';

/** What stands around a text (menus, teasers, notices) is worth looking for where it is at least so much of the page. */
const AROUND = 0.2;
/** A main text below this is rather a page that has none. */
const SHORTEST_MAIN = 250;

/** The page's main text by Readability (the reader view of Firefox); undefined where it finds none. */
async function mainText(html: string): Promise<HtmlText | undefined> {
  const [{ parseHTML }, { Readability }] = await Promise.all([
    import('linkedom'),
    import('@mozilla/readability'),
  ]);
  const { document } = parseHTML(html);
  const found = new Readability(document, { charThreshold: SHORTEST_MAIN }).parse();
  if (!found?.content) return undefined;
  const { title, body } = htmlText(found.content);
  return { title: found.title || title, body };
}

/**
 * Web pages: the whole text where the page is all text, its main text where much stands around it. The title is the
 * page's own either way.
 */
export async function html(name: string, text: string): Promise<Item[]> {
  const id = idFromName(name);
  const whole = htmlText(text);
  const main = whole.body.length >= SHORTEST_MAIN ? await mainText(text).catch(() => undefined) : undefined;
  const isMain =
    main !== undefined &&
    main.body.length >= SHORTEST_MAIN &&
    main.body.length <= whole.body.length * (1 - AROUND);
  const { title, body } = isMain ? { title: main.title ?? whole.title, body: main.body } : whole;
  const article = { id, title: title ?? titleFromName(name), body };
  if (!isMain) return [{ id, read: readArticle(article) }];
  const extraction = { format: 'html', note: 'main text; menus and the like left out' };
  return [{ id, read: readArticle({ ...article, metadata: { extraction } }) }];
}
