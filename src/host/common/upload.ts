import { fault } from '../../../agents/contracts/index.js';
import type { SourceFile } from '../../engine/runtime.js';

/** A body that is one document, or several as the parts of a form. */
export class Upload {
  constructor(
    readonly files: readonly SourceFile[],
    /** Nothing in the body says what the document is called. */
    readonly isUnnamed = false,
  ) {}
}

/** Media types of documents, with the ending of a file that is read the same way. */
const ENDINGS: Readonly<Record<string, string>> = {
  'text/markdown': 'md',
  'text/plain': 'txt',
  'text/html': 'html',
  'text/csv': 'csv',
  'message/rfc822': 'eml',
  'application/pdf': 'pdf',
  'application/vnd.openxmlformats-officedocument.wordprocessingml.document': 'docx',
};
export const DOCUMENT_TYPES: readonly string[] = Object.keys(ENDINGS);

const endingOf = (mediaType: string): string | undefined =>
  ENDINGS[mediaType.split(';', 1)[0]?.trim().toLowerCase() ?? ''];

/** A body of one of {@link DOCUMENT_TYPES}: one document, which the address has to name. */
export function uploadedText(mediaType: string, bytes: Uint8Array): Upload {
  return new Upload([{ name: `document.${endingOf(mediaType) ?? 'txt'}`, bytes }], true);
}

/**
 * A body of `multipart/form-data`: each part with a file name is a document.
 * @throws `INVALID_ARGUMENT` where the body is no such form or holds no file
 */
export async function uploadedForm(mediaType: string, bytes: Buffer<ArrayBuffer>): Promise<Upload> {
  const form = await new Response(bytes, { headers: { 'content-type': mediaType } })
    .formData()
    .catch((cause: unknown) => {
      throw fault('INVALID_ARGUMENT', { detail: 'The body is not a well-formed form.', cause });
    });
  const parts = [...form.values()].filter((part) => typeof part !== 'string');
  if (parts.length === 0) throw fault('INVALID_ARGUMENT', { detail: 'The form holds no file.' });
  return new Upload(
    await Promise.all(
      parts.map(async (part) => {
        const ending = endingOf(part.type);
        const name = ending === undefined || part.name.includes('.') ? part.name : `${part.name}.${ending}`;
        return { name, bytes: new Uint8Array(await part.arrayBuffer()) };
      }),
    ),
  );
}
