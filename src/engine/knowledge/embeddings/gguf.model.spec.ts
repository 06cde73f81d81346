import { existsSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { describe, expect, it } from '@jest/globals';
import { packageRoot } from '../../../config/package-root.js';
import { hasWordPieces } from './embedding-model.js';
import { openGgufModel } from './gguf.model.js';

const MODEL = join(packageRoot(), '..', 'shared', 'models', 'all-minilm-l6-v2.Q8_0.gguf');

function isInstalled(): boolean {
  try {
    createRequire(import.meta.url).resolve('node-llama-cpp');
    return true;
  } catch {
    return false;
  }
}

const missing = [
  ...(isInstalled() ? [] : ['node-llama-cpp is not installed']),
  ...(existsSync(MODEL) ? [] : [`${MODEL} is not there`]),
];
const withModel = missing.length === 0 ? it : it.skip;

describe('An embedding model in a GGUF file', () => {
  withModel(
    `says what the published model says ${missing.map((reason) => `(${reason})`).join(' ')}`.trim(),
    async () => {
      const model = await openGgufModel(MODEL, 2);
      try {
        const texts = [
          'That is a happy person',
          'That is a very happy person',
          'That is a happy dog',
          'Today is a sunny day',
        ];
        const [asked, ...others] = await model.embed(texts);
        const cosines = others.map((vector) =>
          vector.reduce((sum, value, at) => sum + value * (asked?.[at] ?? 0), 0),
        );
        const published = [0.943, 0.695, 0.257];
        for (const [index, cosine] of cosines.entries()) expect(cosine).toBeCloseTo(published[index] ?? 0, 1);
        expect(hasWordPieces(model) && model.pieces.length).toBe(30_522);
        const [nothing, long] = await model.embed(['', 'word '.repeat(3_000)]);
        expect(nothing).toEqual(new Float32Array(model.dimensions));
        expect(Math.hypot(...(long ?? []))).toBeCloseTo(1);
      } finally {
        await model.close();
      }
    },
  );
});
