import { mkdtempSync, readdirSync, rmSync, statSync, truncateSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import type { EmbeddingModel } from '../embedding-model.js';
import { createStaticEmbedding, normalise } from '../static-embedding.js';
import { readTable, writeTable } from '../static-table.js';
import { distil } from './distil.js';
import { openTeacherCache } from './teacher-cache.js';

const DIMENSIONS = 8;
const PIECES = [
  '[CLS]',
  ...Array.from({ length: 40 }, (_, number) => `word${String.fromCharCode(97 + (number % 26))}${number}`),
];

/** Numbers that look random and are the same at each run. */
const wave = (seed: number) => Math.sin(seed * 12.9898) * Math.cos(seed * 78.233);

/** What a word means to the teacher; it hears nothing but words, and each counts the same. */
const meaningOf = (word: string) => {
  const number = PIECES.indexOf(word);
  return Array.from({ length: DIMENSIONS }, (_, at) => wave(number * DIMENSIONS + at + 1));
};

interface Teacher extends EmbeddingModel {
  readonly asked: string[];
}

function teacher({ failAfter = Number.POSITIVE_INFINITY } = {}): Teacher {
  const asked: string[] = [];
  return {
    name: 'test:teacher',
    dimensions: DIMENSIONS,
    asked,
    async embed(texts) {
      if (asked.length + texts.length > failAfter) throw new Error('the teacher left');
      asked.push(...texts);
      return texts.map((text) => {
        const sum = new Float32Array(DIMENSIONS);
        for (const word of text.split(' '))
          for (const [at, value] of meaningOf(word).entries()) sum[at] = (sum[at] ?? 0) + value;
        return normalise(sum);
      });
    },
    close: async () => {},
  };
}

const TEXTS = Array.from({ length: 900 }, (_, text) =>
  Array.from(
    { length: 4 },
    (_, at) => PIECES[1 + (Math.floor(Math.abs(wave(text * 4 + at + 1)) * 1e4) % 40)],
  ).join(' '),
);

describe('Distilling a static table', () => {
  let folder: string;
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'triagent-distil-'));
  });
  afterEach(() => rmSync(folder, { recursive: true, force: true }));

  async function run(model: EmbeddingModel) {
    const cache = await openTeacherCache(folder, model);
    try {
      return await distil({ teacher: model, cache, pieces: PIECES, texts: TEXTS, dimensions: DIMENSIONS });
    } finally {
      await cache.close();
    }
  }

  it('learns what a teacher says of texts that it never saw', async () => {
    const model = teacher();
    const table = await run(model);
    expect(table.list).toEqual(PIECES.slice(1));
    expect(table.likeness[1]).toBeGreaterThan(0.97);
    expect(table.likeness[1]).toBeGreaterThan(table.likeness[0]);

    const { embed } = createStaticEmbedding(readTable(writeTable(table)));
    const dot = (a: Float32Array, b: Float32Array) =>
      a.reduce((sum, value, at) => sum + value * (b[at] ?? 0), 0);
    const [one, other, far] = [
      'worda0 wordb1 wordc2',
      'worda0 wordb1 wordd3',
      'wordm12 wordn13 wordo14',
    ] as const;
    const said = await model.embed([one, other, far]);
    const [s1, s2, s3] = said;
    const expected = dot(s1 ?? embed(''), s2 ?? embed('')) - dot(s1 ?? embed(''), s3 ?? embed(''));
    const made = dot(embed(one), embed(other)) - dot(embed(one), embed(far));
    expect(Math.sign(made)).toBe(Math.sign(expected));
  });

  it('goes on where it was broken off, and asks nothing twice', async () => {
    await expect(run(teacher({ failAfter: 600 }))).rejects.toThrow('the teacher left');
    const second = teacher();
    const table = await run(second);
    expect(second.asked.length).toBeLessThan(new Set([...TEXTS, ...PIECES]).size - 500);
    const third = teacher();
    expect(await run(third)).toEqual(table);
    expect(third.asked).toEqual([]);
  });

  it('cuts away a record that a crash left half-written', async () => {
    const table = await run(teacher());
    const [name = ''] = readdirSync(folder);
    const file = join(folder, name);
    truncateSync(file, statSync(file).size - 5);
    const again = teacher();
    expect(await run(again)).toEqual(table);
    expect(again.asked).toHaveLength(1);
  });

  it.each([
    ['no number', [1, Number.NaN, 0, 0, 0, 0, 0, 0]],
    ['too short', [1]],
  ])('refuses a vector that is %s and keeps none of it', async (_kind, vector) => {
    const broken = {
      ...teacher(),
      embed: async (texts: readonly string[]) => texts.map(() => Float32Array.from(vector)),
    };
    await expect(run(broken)).rejects.toMatchObject({ code: 'MODEL_BAD_RESPONSE' });
    const [name = ''] = readdirSync(folder);
    expect(statSync(join(folder, name)).size).toBe(0);
  });
});
