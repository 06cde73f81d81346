import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fault, type Taxonomy, taxonomySchema } from '../../../agents/contracts/index.js';

/** What a first start loads: a company's articles and the tickets that its colleagues have solved. */
export interface Samples {
  readonly articles: readonly unknown[];
  readonly tickets: readonly unknown[];
}

async function readSample(dir: string, name: string): Promise<string> {
  try {
    return await readFile(join(dir, name), 'utf8');
  } catch (cause) {
    throw fault('INPUT_UNREADABLE', { detail: `The sample file ${name} cannot be read.`, cause });
  }
}

const lines = (text: string): unknown[] =>
  text
    .split('\n')
    .filter((line) => line.trim() !== '')
    .map((line) => JSON.parse(line));

/** @throws `INPUT_UNREADABLE` where the package's samples are not there */
export async function readSamples(dir: string): Promise<Samples> {
  const [articles, tickets] = await Promise.all([
    readSample(dir, 'articles.jsonl'),
    readSample(dir, 'solved-tickets.jsonl'),
  ]);
  return { articles: lines(articles), tickets: lines(tickets) };
}

/** The labels of the sample company, for as long as the samples are on and nothing else is configured. */
export async function readSampleTaxonomy(dir: string): Promise<Taxonomy> {
  return taxonomySchema.parse(JSON.parse(await readSample(dir, 'taxonomy.json')));
}
