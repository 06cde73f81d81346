import { z } from 'zod';
import { asFault, isFault } from '../../agents/contracts/index.js';
import { type ReadFile, readArticles } from '../engine/knowledge/ingest/readers.js';
import type { ArticleInput, IngestedDocument } from '../engine/runtime.contract.js';
import { type CommandModule, EXIT } from './command-module.js';
import type { Desk } from './desk.contract.js';
import { withDesk } from './desk.js';
import { listSources, type Source } from './ingest-sources.js';
import { commonOptions, parseOptions, urlOption, withUrlOption } from './options.js';
import type { Output } from './output.js';

const ingestOptions = commonOptions.extend({ url: urlOption, collection: z.string().min(1).optional() });

/** A batch is one request or one unit of work: small enough for a host's limit on bodies, large enough to be quick. */
const BATCH = { articles: 200, characters: 2 * 1024 * 1024 };

type Report = IngestedDocument & { readonly path: string };

/** `triagent ingest`: what the paths hold, into the knowledge base; what cannot be read never stops the others. */
export const ingestCommand: CommandModule = {
  define: (command) =>
    withUrlOption(command)
      .argument('<path...>', 'files, folders, http(s) addresses, JSONL')
      .option('--collection <name>', 'collection to put them into'),
  async run(paths, given, output) {
    const options = parseOptions(ingestOptions, given);
    const sources = await listSources(paths);
    const documents = await withDesk(options, output, (desk) =>
      ingest(desk, sources, options.collection, output),
    );
    const count = (status: Report['status']) =>
      documents.filter((document) => document.status === status).length;
    const [added, updated, unchanged, rejected] = [
      count('added'),
      count('updated'),
      count('unchanged'),
      count('rejected'),
    ];
    output.data({ added, updated, unchanged, rejected, documents });
    for (const { path, id, error } of documents) {
      if (error) output.note(`rejected ${path} ${id}: ${error.code}: ${error.detail}`);
    }
    output.print(`${added} added, ${updated} updated, ${unchanged} unchanged, ${rejected} rejected`);
    return rejected > 0 ? EXIT.finding : EXIT.done;
  },
};

async function ingest(
  desk: Desk,
  sources: readonly Source[],
  collection: string | undefined,
  output: Output,
): Promise<readonly Report[]> {
  const bar = output.progress('ingest');
  const reports: Report[] = [];
  try {
    for (const [index, source] of sources.entries()) {
      const { articles, rejected } = await read(source);
      reports.push(...rejected.map((document) => ({ ...document, path: source.path })));
      for (const batch of batches(articles)) {
        const stored = await store(desk, batch, collection);
        reports.push(...stored.map((document) => ({ ...document, path: source.path })));
        bar.update(index + 1, sources.length);
      }
    }
    return reports;
  } finally {
    bar.finish();
  }
}

/** The articles of one source; one that cannot be had is a rejected document like any other. */
async function read({ path, url, load }: Source): Promise<ReadFile> {
  try {
    const { articles, rejected } = readArticles(await load());
    return {
      articles: url === undefined ? articles : articles.map((article) => ({ url, ...article })),
      rejected,
    };
  } catch (error) {
    const { code, detail } = asFault(error);
    return {
      articles: [],
      rejected: [{ id: path, status: 'rejected', passages: 0, error: { code, detail } }],
    };
  }
}

/** A document that a host finds too large is rejected like one that cannot be read. */
async function store(desk: Desk, batch: readonly ArticleInput[], collection: string | undefined) {
  try {
    return await desk.ingest(batch, collection);
  } catch (error) {
    if (!isFault(error, 'PAYLOAD_TOO_LARGE')) throw error;
    const { code, detail } = error;
    return batch.map(
      ({ id }): IngestedDocument => ({ id, status: 'rejected', passages: 0, error: { code, detail } }),
    );
  }
}

function batches(articles: readonly ArticleInput[]): readonly (readonly ArticleInput[])[] {
  const made: ArticleInput[][] = [];
  let characters = Number.POSITIVE_INFINITY;
  for (const article of articles) {
    const batch = made.at(-1);
    characters += article.body.length;
    if (batch && batch.length < BATCH.articles && characters <= BATCH.characters) {
      batch.push(article);
      continue;
    }
    made.push([article]);
    characters = article.body.length;
  }
  return made;
}
