import { existsSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { openEmbeddingModel } from '../engine/knowledge/embeddings/open-model.js';
import { runProgram } from './program.js';

const THINGS = ['printer', 'password', 'screen', 'network', 'invoice', 'mailbox', 'keyboard', 'certificate'];
const DEEDS = ['open', 'restart', 'lock', 'replace', 'find', 'renew', 'share', 'check'];
const PLACES = ['at home', 'in the office', 'on a phone', 'after an update'];

const corpus = THINGS.flatMap((thing) =>
  DEEDS.flatMap((deed) => PLACES.map((place) => `How to ${deed} the ${thing} ${place}.`)),
).join('\n\n');

describe('triagent embeddings distil', () => {
  let folder: string;
  beforeAll(() => {
    folder = mkdtempSync(join(tmpdir(), 'triagent-table-'));
    writeFileSync(join(folder, 'articles.md'), corpus);
    writeFileSync(join(folder, 'few.txt'), 'Too little to learn from.');
  });
  afterAll(() => rmSync(folder, { recursive: true, force: true }));

  const run = (teacher: string, file: string, out: string) =>
    runProgram([
      ...['embeddings', 'distil', '--teacher', teacher, '--corpus', join(folder, file)],
      ...['--out', join(folder, out), '--dimensions', '8'],
    ]);

  it('makes a table that can be used, and leaves no half of one', async () => {
    expect(await run('static', 'articles.md', 'team.table')).toBe(0);
    const model = await openEmbeddingModel(`static:${join(folder, 'team.table')}`);
    expect(model.dimensions).toBe(8);
    const [vector] = await model.embed(['renew the certificate']);
    expect(vector?.some((value) => value !== 0)).toBe(true);
    expect(readdirSync(folder).filter((name) => name.endsWith('.part'))).toEqual([]);
  });

  it.each([
    ['a corpus that says too little', 'static', 'few.txt'],
    ['a corpus that is not there', 'static', 'none.md'],
    ['a teacher that is not there', `gguf:${join('no', 'model.gguf')}`, 'articles.md'],
  ])('refuses %s and writes nothing', async (_kind, teacher, file) => {
    expect(await run(teacher, file, 'refused.table')).toBe(3);
    expect(existsSync(join(folder, 'refused.table'))).toBe(false);
  });
});
