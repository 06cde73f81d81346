import { readArticle } from '../article.schema.js';
import { htmlText } from '../html.js';
import { type Item, idFromName, refused, titleFromName } from './format.js';

/** Word documents: headings, lists and tables keep their shape; pictures are left out. */
export async function docx(name: string, bytes: Uint8Array<ArrayBuffer>): Promise<Item[]> {
  const id = idFromName(name);
  const { default: mammoth } = await import('mammoth');
  let html: string;
  let pictures = 0;
  const convertImage = mammoth.images.imgElement(() => {
    pictures += 1;
    return Promise.resolve({ src: '' });
  });
  try {
    ({ value: html } = await mammoth.convertToHtml({ buffer: Buffer.from(bytes) }, { convertImage }));
  } catch {
    return [{ id, read: refused('DOCUMENT_UNREADABLE', 'This is no whole Word document.') }];
  }
  const { title, body } = htmlText(html);
  if (body === '') return [{ id, read: refused('DOCUMENT_UNREADABLE', 'The document holds no text.') }];
  const note = pictures > 0 ? `${pictures} pictures left out` : undefined;
  const extraction = { format: 'docx', ...(note && { note }) };
  return [
    { id, read: readArticle({ id, title: title ?? titleFromName(name), body, metadata: { extraction } }) },
  ];
}
