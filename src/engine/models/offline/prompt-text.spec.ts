import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from '@jest/globals';

const WORDS = 5;

const runsOf = (text: string) => {
  const words = text.toLowerCase().match(/[\p{L}\p{N}]+/gu) ?? [];
  return words.slice(0, -WORDS + 1).map((_, index) => words.slice(index, index + WORDS).join(' '));
};

const read = (dir: string, ending: RegExp) =>
  readdirSync(dir, { recursive: true, encoding: 'utf8' })
    .filter((file) => ending.test(file) && !file.includes('.spec.'))
    .map((file) => readFileSync(join(dir, file), 'utf8'));

it('shares no wording with the prompts: what it knows of them it has read', () => {
  const model = new Set(read('src/engine/models/offline', /\.ts$/).flatMap(runsOf));
  const shared = read('prompts', /\.prompt$/)
    .flatMap(runsOf)
    .filter((run) => model.has(run));
  expect(shared).toEqual([]);
});
