import { describe, expect, it } from '@jest/globals';
import { idFromName } from './formats/format.js';
import { htmlText } from './html.js';
import { readArticles } from './readers.js';

const file = (name: string, content: string | Uint8Array) => ({
  name,
  bytes: typeof content === 'string' ? new TextEncoder().encode(content) : content,
});
const read = (name: string, content: string | Uint8Array) => readArticles(file(name, content));
const codes = async (name: string, content: string | Uint8Array) =>
  (await read(name, content)).rejected.map(({ id, error }) => [id, error?.code]);

describe('readArticles', () => {
  it('reads Markdown with and without front matter', async () => {
    expect((await read('Guides/VPN set-up.md', '# Set up the VPN\n\nText')).articles).toEqual([
      { id: 'guides.vpn-set-up', title: 'Set up the VPN', body: '# Set up the VPN\n\nText' },
    ]);
    const front = '---\ntitle: Printing\ntags: [printer]\ngroups: [staff]\nowner: desk\n---\nBody';
    expect((await read('p.md', front)).articles).toEqual([
      {
        id: 'p',
        title: 'Printing',
        body: 'Body',
        tags: ['printer'],
        groups: ['staff'],
        metadata: { owner: 'desk' },
      },
    ]);
    expect(await codes('p.md', '---\ntitle: [\n---\nBody')).toEqual([['p', 'VALIDATION_FAILED']]);
  });

  it('reads text, JSON in three shapes, and keeps unknown keys', async () => {
    expect((await read('notes.txt', 'First line\nmore')).articles[0]).toMatchObject({
      id: 'notes',
      title: 'First line',
    });
    const article = { id: 'a', title: 'A', body: 'b', url: null, team: 'x' };
    const kept = { id: 'a', title: 'A', body: 'b', metadata: { team: 'x' } };
    for (const value of [article, [article], { articles: [article] }]) {
      expect((await read('x.json', JSON.stringify(value))).articles).toEqual([kept]);
    }
  });

  it('names each bad line and keeps the good ones', async () => {
    const lines = [
      '{"id":"a","title":"A","body":"x"}',
      '',
      '{"id":',
      '{"id":"c","title":"C"}',
      '7',
      '{"id":8,"title":"","body":"y"}',
    ];
    const { articles, rejected } = await read('kb.jsonl', lines.join('\n'));
    expect(articles.map(({ id, title }) => [id, title])).toEqual([
      ['a', 'A'],
      ['8', '8'],
    ]);
    expect(rejected.map(({ id, error }) => [id, error?.code, error?.detail.slice(0, 7)])).toEqual([
      ['line 3', 'INVALID_JSON', 'Line 3:'],
      ['c', 'VALIDATION_FAILED', 'Line 4:'],
      ['line 5', 'VALIDATION_FAILED', 'Line 5:'],
    ]);
  });

  it('refuses what is not text', async () => {
    expect(await codes('a.exe', 'MZ')).toEqual([['a', 'UNSUPPORTED_MEDIA_TYPE']]);
    expect(await codes('a.md', new Uint8Array([35, 0, 1]))).toEqual([['a', 'UNSUPPORTED_MEDIA_TYPE']]);
    expect(await codes('a.md', new Uint8Array([0xc3, 0x28]))).toEqual([['a', 'UNSUPPORTED_MEDIA_TYPE']]);
    expect(await codes('a.md', ' \n')).toEqual([['a', 'VALIDATION_FAILED']]);
    expect(await codes('a.md', new Uint8Array(32 * 1024 * 1024 + 1).fill(97))).toEqual([
      ['a', 'PAYLOAD_TOO_LARGE'],
    ]);
    expect(await codes('a.html', '<script>only()</script>')).toEqual([['a', 'VALIDATION_FAILED']]);
  });

  it('makes ids that survive any file name', () => {
    expect(idFromName('Ärger/ Übung #2.final.MD')).toBe('ärger.übung-2-final');
    expect(idFromName('….md')).toBe('untitled');
    expect(idFromName(`${'x'.repeat(900)}.txt`)).toHaveLength(256);
  });
});

describe('htmlText', () => {
  it('keeps headings, lists, rows and code, and drops what is not shown', () => {
    const page = `<!doctype html><html><head><title>Wi&#45;Fi &amp; more</title><style>p{}</style></head><body>
      <nav>Menu</nav><h2>Join</h2><p>Choose <b>LARK-CORP</b>&nbsp;now.<br>Then wait.</p><!-- <p>no</p> -->
      <ul><li>one<li>two</ul><table><tr><th>a</th><td>b</td></tr></table><pre>x  &lt; y\n z</pre></body>`;
    const { title, body } = htmlText(page);
    expect(title).toBe('Wi-Fi & more');
    expect(body).toContain('## Join');
    expect(body).toContain('Choose LARK-CORP now.\nThen wait.');
    expect(body).toContain('- one\n- two');
    expect(body).toContain('| a | b |');
    expect(body).toContain('```\nx  < y\n z\n```');
    expect(body).not.toMatch(/Menu|p\{\}|<p>/);
  });

  it('ends on whatever it is given', () => {
    for (const unit of ['<', '<!--', '<script>', '&#x', '<h1>', '<title>', '<pre> ', '</']) {
      expect(typeof htmlText(unit.repeat(100_000)).body).toBe('string');
    }
  });
});
