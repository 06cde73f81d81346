import { existsSync, readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { z } from 'zod';
import { packageRoot } from '../src/config/package-root.js';

const flag = process.argv.indexOf('--sets');

/** Where the public question sets are unpacked: `--sets DIR`, or `../shared/data` beside the checkout. */
export const SETS_DIR =
  flag >= 0 ? resolve(process.argv[flag + 1] ?? '') : join(packageRoot(), '..', 'shared', 'data');

export const articleRow = z.looseObject({
  id: z.string(),
  title: z.string().optional(),
  body: z.string(),
});
export const queryRow = z.looseObject({ id: z.string(), text: z.string(), relevant: z.array(z.string()) });
export const utteranceRow = z.looseObject({ text: z.string(), intent: z.string() });

/** True where every one of the files is there; paths are relative to {@link SETS_DIR}. */
export const hasSets = (...files: readonly string[]): boolean =>
  files.every((file) => existsSync(join(SETS_DIR, file)));

/** One JSON file of the sets. */
export const readJson = <Row>(file: string, schema: z.ZodType<Row>): Row =>
  schema.parse(JSON.parse(readFileSync(join(SETS_DIR, file), 'utf8')));

/** The rows of a JSON Lines file of the sets. */
export const readRows = <Row>(file: string, schema: z.ZodType<Row>): Row[] =>
  readFileSync(join(SETS_DIR, file), 'utf8')
    .split('\n')
    .filter((line) => line.trim() !== '')
    .map((line) => schema.parse(JSON.parse(line)));
