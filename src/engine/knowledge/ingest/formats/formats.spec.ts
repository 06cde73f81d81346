import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { docxOf, pdfOf } from '../../../reading/documents.fixture.js';
import { readArticles } from '../readers.js';

const read = (name: string, content: string | Uint8Array) =>
  readArticles({ name, bytes: typeof content === 'string' ? Buffer.from(content) : content });
const only = async (name: string, content: string | Uint8Array) => {
  const { articles, rejected } = await read(name, content);
  expect(rejected).toEqual([]);
  expect(articles).toHaveLength(1);
  return articles[0];
};
const codes = async (name: string, content: string | Uint8Array) =>
  (await read(name, content)).rejected.map(({ id, error }) => [id, error.code]);

const page = (number: number) => [
  { text: 'Brewmatic manual', size: 9, y: 780 },
  { text: `Chapter ${number}`, size: 20, y: 740 },
  { text: `The filter of machine ${number} is ex-`, y: 700 },
  { text: 'changed twice a year.', y: 686 },
  { text: 'Afterwards the lamp goes out.', y: 640 },
  { text: `Page ${number} of 4`, size: 9, y: 20 },
];

describe('PDF', () => {
  it('makes headings of large type, joins lines and split words, and leaves running heads out', async () => {
    const article = await only(
      'Manuals/brewmatic.pdf',
      pdfOf([1, 2, 3, 4].map(page), '/Title(Brewmatic 300)'),
    );
    expect(article).toMatchObject({ id: 'manuals.brewmatic', title: 'Brewmatic 300' });
    const chapter = (number: number) =>
      `# Chapter ${number}\n\nThe filter of machine ${number} is exchanged twice a year.\n\nAfterwards the lamp goes out.`;
    expect(article?.body).toBe([1, 2, 3, 4].map(chapter).join('\n\n'));
    expect(article?.metadata).toEqual({
      extraction: { format: 'pdf', share: 1, note: '4 of 4 pages hold text' },
    });
  });

  it('says how many pages are pictures, and refuses a PDF that is nothing else', async () => {
    const article = await only('half.pdf', pdfOf([page(1), []]));
    expect(article?.metadata).toMatchObject({ extraction: { share: 0.5 } });
    expect(await codes('scan.pdf', pdfOf([[], []]))).toEqual([['scan', 'DOCUMENT_UNREADABLE']]);
  });

  it('survives what is broken anywhere', async () => {
    const whole = pdfOf([page(1), page(2)]);
    await fc.assert(
      fc.asyncProperty(fc.nat(whole.length - 1), fc.nat(255), async (place, value) => {
        const broken = whole.with(place, value);
        const { articles, rejected } = await read('x.pdf', broken);
        expect(articles.length + rejected.length).toBe(1);
      }),
      { numRuns: 40 },
    );
  });
});

describe('Word', () => {
  it('keeps headings and paragraphs', async () => {
    const article = await only(
      'vpn.docx',
      docxOf([['Set up the VPN', 'Heading1'], ['Open the settings.'], ['Choose &lt;office&gt;.']]),
    );
    expect(article).toMatchObject({
      title: 'Set up the VPN',
      body: '# Set up the VPN\n\nOpen the settings.\n\nChoose <office>.',
    });
  });

  it('refuses a document without text', async () => {
    expect(await codes('empty.docx', docxOf([]))).toEqual([['empty', 'DOCUMENT_UNREADABLE']]);
  });
});

describe('CSV', () => {
  it('takes rows with title and body for articles, whatever the delimiter, quotes and lines', async () => {
    const table =
      '\uFEFFNumber;Question;Answer;Tags;Owner\n7;"Where; exactly?";"On floor 3.\nAsk there.";a|b;Ann\n;Empty;;;\n';
    const { articles, rejected } = await read('faq.csv', table);
    expect(articles).toEqual([
      {
        id: '7',
        title: 'Where; exactly?',
        body: 'On floor 3.\nAsk there.',
        tags: ['a', 'b'],
        metadata: { Owner: 'Ann' },
      },
    ]);
    expect(rejected.map(({ id, error }) => [id, error.code])).toEqual([['faq.2', 'VALIDATION_FAILED']]);
  });

  it('takes any other table for one article whose rows name their columns', async () => {
    const article = await only(
      'Printers.csv',
      Buffer.from('Room,Model,IP\n3.14,Brück 9,10.0.0.9\n3.15,,10.0.0.8', 'latin1'),
    );
    expect(article).toMatchObject({
      title: 'Printers',
      body: '- Room: 3.14; Model: Brück 9; IP: 10.0.0.9\n- Room: 3.15; IP: 10.0.0.8',
    });
  });

  it('names the line where a table breaks off', async () => {
    const { rejected } = await read('x.csv', 'a,b\n1,"never closed\n2,3');
    expect(rejected[0]?.error).toMatchObject({
      code: 'DOCUMENT_UNREADABLE',
      detail: expect.stringContaining('line'),
    });
  });

  it('ends on any text', async () => {
    await fc.assert(
      fc.asyncProperty(fc.string({ unit: 'grapheme', maxLength: 200 }), async (text) => {
        const { articles, rejected } = await read('x.csv', text);
        expect(articles.length + rejected.length).toBeGreaterThan(0);
      }),
      { numRuns: 100 },
    );
  });
});

const MESSAGE = `From: "Ann =?utf-8?Q?M=C3=BCller?=" <ann@example.com>
Subject: =?utf-8?B?RHJ1Y2tlciDDtmZmbmVu?=
Date: Mon, 02 Nov 2026 09:00:00 +0000
MIME-Version: 1.0
Content-Type: multipart/mixed; boundary=b

--b
Content-Type: text/html; charset=utf-8
Content-Transfer-Encoding: quoted-printable

<h2>Lid</h2><p>Press the =C3=B6ffnen button.</p><script>no()</script>
--b
Content-Type: text/markdown
Content-Disposition: attachment; filename="../../steps.md"

# Steps

Pull the drawer.
--b
Content-Type: image/png
Content-Disposition: attachment; filename="photo.png"
Content-Transfer-Encoding: base64

iVBORw0KGgo=
--b--
`.replaceAll('\n', '\r\n');

describe('e-mail', () => {
  it('reads the text, decodes words, and takes readable attachments for documents of their own', async () => {
    const { articles, rejected } = await read('mails/42.eml', MESSAGE);
    expect(rejected).toEqual([]);
    expect(articles).toMatchObject([
      { id: 'mails.42', title: 'Drucker öffnen', body: '## Lid\n\nPress the öffnen button.' },
      { id: 'mails.42.steps', title: 'Steps', body: '# Steps\n\nPull the drawer.\n' },
    ]);
    expect(articles[0]?.metadata).toMatchObject({
      from: 'Ann Müller',
      date: expect.stringContaining('2026-11-02'),
    });
  });

  it('refuses what is no message', async () => {
    expect(await codes('x.eml', '')).toEqual([['x', 'DOCUMENT_UNREADABLE']]);
  });
});

const PARAGRAPH =
  '<p>The printer on the third floor takes toner of type TN-9 from the grey cupboard beside it.</p>';
const MENU = Array.from(
  { length: 40 },
  (_, index) => `<li><a href="/${index}">Offer number ${index}</a></li>`,
);

describe('web pages', () => {
  it('keep all of a page that is all text', async () => {
    const article = await only('toner.html', `<title>Toner</title><h1>Toner</h1>${PARAGRAPH.repeat(8)}`);
    expect(article?.metadata).toBeUndefined();
    expect(article?.body).toMatch(/^# Toner\n\nThe printer/);
  });

  it('are reduced to their main text where much stands around it', async () => {
    const around = `<div class="sidebar"><ul>${MENU.join('')}</ul></div>`;
    const main = `<div class="post"><h2>Toner</h2>${PARAGRAPH.repeat(8)}</div>`;
    const article = await only('toner.html', `<title>Toner</title><body>${around}${main}${around}</body>`);
    expect(article?.body).toContain('grey cupboard');
    expect(article?.body).not.toContain('Offer number');
    expect(article?.metadata).toMatchObject({ extraction: { format: 'html' } });
  });
});
