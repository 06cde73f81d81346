import { readArticle } from '../article.schema.js';
import { type Item, idFromName, refused, titleFromName } from './format.js';
import { pdfText } from './pdf-lines.js';

const MAX_PAGES = 5_000;
/** A page with fewer characters is taken for a picture of a page. */
const EMPTY_PAGE = 20;

const unreadable = (id: string, detail: string): Item[] => [
  { id, read: refused('DOCUMENT_UNREADABLE', detail) },
];

/** PDF documents by PDF.js, without scripts, fonts and pictures. Pages that are pictures have no text: there is no OCR. */
export async function pdf(name: string, bytes: Uint8Array<ArrayBuffer>): Promise<Item[]> {
  const id = idFromName(name);
  const { extractTextItems, getDocumentProxy, getMeta } = await import('unpdf');
  try {
    const document = await getDocumentProxy(bytes, { verbosity: 0 });
    if (document.numPages > MAX_PAGES) return unreadable(id, `A PDF may have at most ${MAX_PAGES} pages.`);
    const { items: pages } = await extractTextItems(document);
    const readable = pages.filter(
      (pieces) => pieces.reduce((sum, { str }) => sum + str.trim().length, 0) >= EMPTY_PAGE,
    ).length;
    const body = pdfText(pages);
    if (body === '') return unreadable(id, 'No page holds text: they are pictures, and there is no OCR.');
    const { info } = await getMeta(document).catch(() => ({ info: {} as Record<string, unknown> }));
    const given = typeof info.Title === 'string' ? info.Title.trim() : '';
    const heading = /^#{1,2} (.{3,})/m.exec(body)?.[1];
    const share = readable / Math.max(pages.length, 1);
    const extraction = { format: 'pdf', share, note: `${readable} of ${pages.length} pages hold text` };
    const title = given || heading || titleFromName(name);
    return [{ id, read: readArticle({ id, title, body, metadata: { extraction } }) }];
  } catch (error) {
    const isLocked = error instanceof Error && error.name === 'PasswordException';
    return unreadable(
      id,
      isLocked ? 'The PDF is protected by a password.' : 'This is no whole PDF document.',
    );
  }
}
