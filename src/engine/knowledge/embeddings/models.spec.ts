import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from '@jest/globals';
import { packageRoot } from '../../../config/package-root.js';
import type { EmbeddingModel } from './embedding-model.js';
import { openEmbeddingModel } from './open-model.js';

const models = join(packageRoot(), 'models');
const SMALL = 6_000_000;

/** Cosines of a text with others. */
async function cosines(
  { embed }: EmbeddingModel,
  text: string,
  others: readonly string[],
): Promise<number[]> {
  const [asked = new Float32Array(), ...vectors] = await embed([text, ...others]);
  return vectors.map((vector) => vector.reduce((sum, value, at) => sum + value * (asked[at] ?? 0), 0));
}

describe('The packaged embedding', () => {
  it('is the table that its README describes', async () => {
    const bytes = readFileSync(join(models, 'static-en.table'));
    const readme = readFileSync(join(models, 'README.md'), 'utf8');
    expect(bytes.length).toBeLessThanOrEqual(SMALL);
    expect(readme).toContain(createHash('sha256').update(bytes).digest('hex'));
    expect(readme).toContain((await openEmbeddingModel('static')).name);
  });

  it.each([
    ['I forgot how to log in', 'Reset your password', 'The printer has a paper jam'],
    ['no sound from the speakers', 'Audio does not play', 'Send a calendar invitation'],
    ['remove my account for ever', 'Delete a user', 'Install a printer driver'],
  ])('finds %j nearer to %j than to %j', async (text, near, far) => {
    const [first = 0, second = 0] = await cosines(await openEmbeddingModel('static'), text, [near, far]);
    expect(first).toBeGreaterThan(second);
  });

  it('says what is missing', async () => {
    await expect(openEmbeddingModel('static:no/such.table')).rejects.toMatchObject({
      code: 'MODEL_UNAVAILABLE',
    });
    await expect(openEmbeddingModel(`static:${join(models, 'README.md')}`)).rejects.toMatchObject({
      code: 'MODEL_UNAVAILABLE',
    });
    await expect(openEmbeddingModel('gguf:no/such.gguf')).rejects.toMatchObject({
      code: 'MODEL_UNAVAILABLE',
    });
    await expect(openEmbeddingModel('toString:x')).rejects.toMatchObject({ code: 'MODEL_SPEC_INVALID' });
  });
});
