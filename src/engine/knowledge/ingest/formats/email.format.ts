import type { Address, Attachment } from 'postal-mime';
import { readArticle } from '../article.schema.js';
import { htmlText } from '../html.js';
import { endingOf, type Item, idFromName, refused, titleFromName } from './format.js';

const MAX_ATTACHMENTS = 20;

/** Reads a file that came with a message; undefined for a format that is not read. */
export type AttachmentReader = (
  name: string,
  bytes: Uint8Array<ArrayBuffer>,
) => Promise<readonly Item[]> | undefined;

const shown = ({ name, address }: Address) => name || address || '';

function bytesOf({ content }: Attachment): Uint8Array<ArrayBuffer> {
  if (typeof content === 'string') return new TextEncoder().encode(content);
  return new Uint8Array(content);
}

/** Their ids hang on the message's, so that the same name in two messages is two documents. */
async function attachmentItems(id: string, attached: readonly Attachment[], read: AttachmentReader) {
  const items: Item[] = [];
  for (const [index, attachment] of attached.slice(0, MAX_ATTACHMENTS).entries()) {
    const name = attachment.filename ?? `attachment-${index + 1}`;
    const found = (await read(name, bytesOf(attachment))) ?? [];
    items.push(
      ...found.map((item): Item => {
        const own = `${id}.${item.id}`.slice(0, 256);
        return {
          id: own,
          read: 'error' in item.read ? item.read : { value: { ...item.read.value, id: own } },
        };
      }),
    );
  }
  return items;
}

/** E-mail messages (RFC 5322): the text, else what the HTML says; attachments that can be read are documents of their own. */
export async function email(
  name: string,
  bytes: Uint8Array<ArrayBuffer>,
  readAttachment: AttachmentReader,
): Promise<Item[]> {
  const id = idFromName(name);
  const { default: PostalMime } = await import('postal-mime');
  const message = await PostalMime.parse(bytes, { maxNestingDepth: 20 }).catch(() => undefined);
  if (!message || message.headers.length === 0)
    return [{ id, read: refused('DOCUMENT_UNREADABLE', 'This is no e-mail message.') }];
  const { subject, from, date, text, html, attachments } = message;
  const body = text?.trim() || (html ? htmlText(html).body : '');
  const left = attachments.filter(({ filename }) => endingOf(filename ?? '') !== '').length;
  const items = await attachmentItems(id, attachments, readAttachment);
  const metadata = {
    extraction: { format: 'eml', ...(left > 0 && { note: `${left} attachments` }) },
    ...(from && { from: shown(from) }),
    ...(date && { date }),
  };
  const own = readArticle({ id, title: subject?.trim() || titleFromName(name), body, metadata });
  return [{ id, read: own }, ...items];
}
