import { afterAll, describe, expect, it } from '@jest/globals';
import { docxOf, pdfOf, zipOf } from './documents.fixture.js';
import { createFileReader, openReadingProcess } from './reading-process.js';

const MIB = 1024 * 1024;
const GOOD = { name: 'good.md', bytes: Buffer.from('# Good\n\nA good document.') };
const bytes = (text: string) => new TextEncoder().encode(text);

/** A tenth of a gigabyte that packs into a tenth of a megabyte. */
const bomb = () => docxOf([['boom']], ' '.repeat(120 * MIB));

describe('the reading process', () => {
  const reader = openReadingProcess({ memoryBytes: 300 * MIB, milliseconds: 4_000 });
  afterAll(() => reader.close());

  const outcome = async (name: string, content: Uint8Array) => {
    const { articles, rejected } = await reader.read({ name, bytes: content });
    return { bodies: articles.map(({ body }) => body), codes: rejected.map(({ error }) => error.code) };
  };

  it('reads what is harmless', async () => {
    expect(await reader.read(GOOD)).toMatchObject({
      articles: [{ id: 'good', title: 'Good' }],
      rejected: [],
    });
    expect((await outcome('a.docx', docxOf([['From Word']]))).bodies).toEqual(['From Word']);
  });

  it.each([
    ['a ZIP bomb', 'bomb.docx', bomb, /DOCUMENT_UNREADABLE: Reading it took too much memory/],
    [
      'a page that swells',
      'big.html',
      () => bytes('<p>x</p>'.repeat(3_000_000)),
      /DOCUMENT_UNREADABLE: Reading/,
    ],
    [
      'deep nesting',
      'deep.html',
      () => bytes('<div>'.repeat(200_000) + 'text '.repeat(200)),
      /DOCUMENT_UNREADABLE: Reading it took/,
    ],
    [
      'deep JSON',
      'deep.json',
      () => bytes('['.repeat(5_000_000)),
      /DOCUMENT_UNREADABLE: Reading it took|INVALID_JSON/,
    ],
    [
      'half a PDF',
      'half.pdf',
      () => pdfOf([[{ text: 'Half', y: 700 }]]).slice(0, 300),
      /DOCUMENT_UNREADABLE: This is no whole PDF/,
    ],
    ['a page tree that bites its tail', 'loop.pdf', loopingPdf, /DOCUMENT_UNREADABLE: This is no whole PDF/],
    [
      'an archive of something else',
      'a.docx',
      () => zipOf({ '../../etc/passwd': 'root' }),
      /DOCUMENT_UNREADABLE: This is no whole Word/,
    ],
    [
      'a program that calls itself a PDF',
      'setup.pdf',
      () => bytes('MZ\0\0'),
      /UNSUPPORTED_MEDIA_TYPE: The content is not/,
    ],
    [
      'a line of 50 MB',
      'line.jsonl',
      () => bytes(`{"id":"x","body":"${'y'.repeat(50 * MIB)}"}`),
      /PAYLOAD_TOO_LARGE: Line 1/,
    ],
  ])(
    'survives %s, says why, and reads the next file',
    async (_, name, make, expected) => {
      const { articles, rejected } = await reader.read({ name, bytes: make() });
      const told = rejected.map(({ error: { code, detail } }) => `${code}: ${detail}`);
      expect(articles).toEqual([]);
      expect(told).toEqual([expect.stringMatching(expected)]);
      expect((await reader.read(GOOD)).articles).toHaveLength(1);
    },
    60_000,
  );

  it('reads the good lines beside one that is too long', async () => {
    const long = `{"id":"x","title":"X","body":"${'y'.repeat(50 * MIB)}"}`;
    const good = '{"id":"a","title":"A","body":"The good line."}';
    const { articles, rejected } = await reader.read({
      name: 'kb.jsonl',
      bytes: bytes(`${good}\n${long}\n${good}`),
    });
    expect(articles.map(({ body }) => body)).toEqual(['The good line.', 'The good line.']);
    expect(rejected.map(({ error }) => error)).toEqual([
      { code: 'PAYLOAD_TOO_LARGE', detail: 'Line 2: a line may have at most 32 MiB.' },
    ]);
  }, 60_000);
});

describe('reading lists of files', () => {
  it('tells of each file in order, however many lists wait', async () => {
    const readFiles = createFileReader();
    const named = (name: string) => ({ ...GOOD, name });
    const lists = await Promise.all([
      readFiles([named('a.md'), named('b.md')]),
      readFiles([named('c.md')]),
      readFiles([named('d.exe')]),
      readFiles([]),
    ]);
    const ids = lists.map((files) =>
      files.map(({ articles, rejected }) => [...articles, ...rejected].map(({ id }) => id)),
    );
    expect(ids).toEqual([[['a'], ['b']], [['c']], [['d']], []]);
  }, 60_000);
});

/** Pages whose parent lists itself among its kids. */
function loopingPdf(): Uint8Array {
  const text = Buffer.from(pdfOf([[{ text: 'A page', y: 700 }]])).toString('latin1');
  return Buffer.from(text.replace('Kids[4 0 R]', 'Kids[2 0 R]'), 'latin1');
}
