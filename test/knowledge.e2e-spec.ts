import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { docxOf, pdfOf } from '../src/engine/reading/documents.fixture.js';
import { problemSchema } from '../src/host/common/problem.contract.js';
import {
  documentSchema,
  ingestJobSchema,
  ingestReportSchema,
} from '../src/host/knowledge/knowledge.contract.js';
import { startHost, type TestHost } from './host-fixture.js';
import { createTriageClient } from './triage-client.js';

const GUIDE = `# Replacing the filter of the Brewmatic 300

The Brewmatic 300 shows E47 when its water filter is used up.

1. Switch the Brewmatic 300 off and pull the drawer out.
2. Turn the old filter to the left and take it out.
3. Put filter type BW-9 in until it clicks.
4. Hold the button for five seconds; E47 disappears.
`;
const QUESTION = {
  subject: 'Brewmatic E47',
  body: 'Our Brewmatic 300 shows E47. How do I replace the filter?',
};

describe('knowledge over HTTP', () => {
  let host: TestHost;
  beforeAll(async () => {
    host = await startHost();
  }, 60_000);
  afterAll(() => host.close());

  const send = (body: string | FormData, type: string | null, query = '') =>
    fetch(`${host.url}/api/v1/knowledge/documents${query}`, {
      method: 'POST',
      body,
      ...(type && { headers: { 'content-type': type } }),
    });
  const report = async (reply: Response) => ({
    status: reply.status,
    ...ingestReportSchema.parse(await reply.json()),
  });
  const read = async (id: string) =>
    documentSchema.parse(await (await fetch(`${host.url}/api/v1/knowledge/documents/${id}`)).json());

  it('answers from an article as soon as an operator has added it, and no longer once it is gone', async () => {
    const client = createTriageClient(host.url);
    const sources = async () => {
      const { status, evidence, answer } = await client.result(QUESTION);
      const cited = new Set(answer?.claims.flatMap((claim) => claim.evidence));
      return {
        status,
        sources: [
          ...new Set(
            evidence.filter(({ id }) => cited.has(id)).map(({ source }) => source.replace(/#.*/, '')),
          ),
        ],
      };
    };
    expect((await sources()).sources).not.toContain('kb:brewmatic-filter');
    const added = await report(await send(GUIDE, 'text/markdown; charset=utf-8', '?id=brewmatic-filter'));
    expect(added).toMatchObject({
      status: 202,
      added: 1,
      documents: [{ id: 'brewmatic-filter', status: 'added' }],
    });
    expect(await sources()).toEqual({ status: 'completed', sources: ['kb:brewmatic-filter'] });
    const removed = await fetch(`${host.url}/api/v1/knowledge/documents/brewmatic-filter`, {
      method: 'DELETE',
    });
    expect(removed.status).toBe(204);
    expect((await sources()).sources).not.toContain('kb:brewmatic-filter');
  });

  it('names a document after its first heading, or as it is told', async () => {
    await send(GUIDE, 'text/markdown', '?id=Guide-1');
    expect(await read('Guide-1')).toMatchObject({
      id: 'Guide-1',
      title: 'Replacing the filter of the Brewmatic 300',
      body: GUIDE,
    });
    await send(GUIDE, 'text/markdown', '?id=Guide-1&title=Filters');
    expect((await read('Guide-1')).title).toBe('Filters');
    const unnamed = await send(GUIDE, 'text/markdown');
    const { status, errors } = problemSchema.parse(await unnamed.json());
    expect({ status, errors }).toMatchObject({ status: 422, errors: [{ pointer: '/id' }] });
  });

  it('takes the files of a form, each on its own', async () => {
    const form = new FormData();
    form.append('files', new Blob([GUIDE]), 'Guides/Filter change.md');
    form.append('files', new Blob([new Uint8Array([0, 1, 2])]), 'photo.md');
    form.append('files', new Blob(['{"id":"j1","title":"One","body":"The body of one."}']), 'many.json');
    form.append('note', 'not a file');
    const { status, added, rejected, documents } = await report(await send(form, null));
    expect({ status, added, rejected }).toEqual({ status: 202, added: 2, rejected: 1 });
    expect(documents.map(({ id, error }) => [id, error?.code])).toEqual(
      expect.arrayContaining([
        ['guides.filter-change', undefined],
        ['photo', 'UNSUPPORTED_MEDIA_TYPE'],
        ['j1', undefined],
      ]),
    );
  });

  it('reads PDF, Word and e-mail as they are, and survives a bomb among them', async () => {
    const form = new FormData();
    const manual = pdfOf([[{ text: 'The Brewmatic 500 shows E48 when its tray is full.', y: 700 }]]);
    form.append('files', new Blob([manual], { type: 'application/pdf' }), 'Brewmatic 500');
    form.append('files', new Blob([docxOf([['boom']], ' '.repeat(200_000_000))]), 'bomb.docx');
    form.append(
      'files',
      new Blob([docxOf([['Trays', 'Heading1'], ['Empty the tray.']])]),
      '../../trays.docx',
    );
    const { added, documents } = await report(await send(form, null, '?groups=kitchen'));
    expect(added).toBe(2);
    expect(documents).toMatchObject([
      { id: 'brewmatic-500', status: 'added', measures: { extraction: 1, readability: 1, originality: 1 } },
      { id: 'bomb', status: 'rejected', error: { code: 'DOCUMENT_UNREADABLE' } },
      { id: 'trays', status: 'added' },
    ]);
    // Nobody without that group finds them, not even whoever brought them.
    expect((await fetch(`${host.url}/api/v1/knowledge/documents/trays`)).status).toBe(404);
  }, 60_000);

  it('makes a job of what the client would not wait for', async () => {
    const reply = await fetch(`${host.url}/api/v1/knowledge/documents?id=later`, {
      method: 'POST',
      body: GUIDE,
      headers: { 'content-type': 'text/markdown', prefer: 'wait=0' },
    });
    expect(reply.status).toBe(202);
    const { id, status } = ingestJobSchema.parse(await reply.json());
    expect(status).toBe('running');
    expect(reply.headers.get('location')).toBe(`/api/v1/knowledge/jobs/${id}`);
    const look = async () =>
      ingestJobSchema.parse(await (await fetch(`${host.url}/api/v1/knowledge/jobs/${id}`)).json());
    let job = await look();
    while (job.status === 'running') job = await look();
    expect(job).toMatchObject({ status: 'completed', done: 1, total: 1, documents: [{ id: 'later' }] });
    const unknown = await fetch(
      `${host.url}/api/v1/knowledge/jobs/${id.replace(/.$/, (end) => (end === '0' ? '1' : '0'))}`,
    );
    expect(problemSchema.parse(await unknown.json()).code).toBe('JOB_NOT_FOUND');
  });

  it('says what an author could mend', async () => {
    const { documents } = await report(
      await send(JSON.stringify({ id: 'poor', title: 'Salaries', body: 'TODO' }), 'application/json'),
    );
    expect(documents[0]?.quality).toEqual([
      'It says very little.',
      'No word of its title occurs in it.',
      'It holds a placeholder that was never filled in.',
    ]);
    const good = await report(await send(`${GUIDE}\n${GUIDE}`, 'text/markdown', '?id=good'));
    expect(good.documents[0]?.quality).toBeUndefined();
  });

  it.each([
    ['a form without files', 'multipart/form-data; boundary=x', '--x--\r\n', 400],
    ['half a form', 'multipart/form-data; boundary=x', '--x\r\nContent-Dispo', 400],
    ['a picture', 'image/png', 'x', 415],
  ])('refuses %s', async (_, type, body, status) => {
    expect((await send(body, type, '?id=x')).status).toBe(status);
  });
});
