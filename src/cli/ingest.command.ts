import { z } from 'zod';
import { asFault, isFault } from '../../agents/contracts/index.js';
import { openPageReader } from '../engine/network/page-reader.js';
import { openReadingProcess, type ReadingProcess } from '../engine/reading/reading-process.js';
import {
  type ArticleInput,
  CHUNKING,
  type IngestedDocument,
  type IngestOptions,
} from '../engine/runtime.contract.js';
import { type CommandModule, EXIT } from './command-module.js';
import type { Desk } from './desk.contract.js';
import { withDesk } from './desk.js';
import { listSources } from './ingest-sources.js';
import { commonOptions, configOf, parseOptions, urlOption, withUrlOption } from './options.js';
import type { Output } from './output.js';
import type { Source } from './source.js';

const ingestOptions = commonOptions.extend({
  url: urlOption,
  collection: z.string().min(1).exactOptional(),
  chunking: z.enum(CHUNKING).exactOptional(),
  groups: z
    .string()
    .transform((list) => list.split(',').filter((group) => group !== ''))
    .exactOptional(),
});

/** A batch is one request or one unit of work: small enough for a host's limit on bodies, large enough to be quick. */
const BATCH = { articles: 200, characters: 2 * 1024 * 1024 };

type Report = IngestedDocument & { readonly path: string };

/** `triagent ingest`: what the paths hold, into the knowledge base; what cannot be read never stops the others. */
export const ingestCommand: CommandModule = {
  define: (command) =>
    withUrlOption(command)
      .argument('<path...>', 'files, folders, http(s) addresses, JSONL')
      .option('--collection <name>', 'collection to put them into')
      .option('--chunking <name>', `how documents are cut into passages: ${CHUNKING.join(', ')}`)
      .option('--groups <a,b>', 'who may read documents that name no groups of their own'),
  async run(paths, given, output) {
    const { collection, chunking, groups, ...options } = parseOptions(ingestOptions, given);
    const wishes = {
      ...(collection && { collection }),
      ...(chunking && { chunking }),
      ...(groups && { groups }),
    };
    const sources = await listSources(paths, openPageReader(configOf(options)));
    const documents = await withDesk(options, output, (desk) => ingest(desk, sources, wishes, output));
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
  options: IngestOptions,
  output: Output,
): Promise<readonly Report[]> {
  const bar = output.progress('ingest');
  const reports = sources.map((): Report[] => []);
  const reader = openReadingProcess();
  const batch = createBatch((articles) => store(desk, articles, options));
  try {
    for (const [index, source] of sources.entries()) {
      const tell = (document: IngestedDocument) => reports[index]?.push({ ...document, path: source.path });
      const { articles, rejected } = await read(source, reader);
      rejected.forEach(tell);
      for (const article of articles) await batch.add(article, tell);
      bar.update(index + 1, sources.length);
    }
    await batch.send();
    return reports.flat();
  } finally {
    reader.close();
    bar.finish();
  }
}

type Tell = (document: IngestedDocument) => void;

/** Gathers articles of many sources: a unit of work costs a commit, whatever its size. */
function createBatch(keep: (articles: readonly ArticleInput[]) => Promise<readonly IngestedDocument[]>) {
  let waiting: { readonly article: ArticleInput; readonly tell: Tell }[] = [];
  let characters = 0;

  async function send(): Promise<void> {
    const sent = waiting;
    waiting = [];
    characters = 0;
    if (sent.length === 0) return;
    const kept = await keep(sent.map(({ article }) => article));
    for (const [index, document] of kept.entries()) sent[index]?.tell(document);
  }

  return {
    send,
    async add(article: ArticleInput, tell: Tell): Promise<void> {
      const { length } = article.body;
      if (waiting.length >= BATCH.articles || characters + length > BATCH.characters) await send();
      waiting.push({ article, tell });
      characters += length;
    },
  };
}

/** The articles of one source; one that cannot be had is a rejected document like any other. */
async function read(
  { path, url, load }: Source,
  reader: ReadingProcess,
): Promise<{
  readonly articles: readonly ArticleInput[];
  readonly rejected: readonly IngestedDocument[];
}> {
  try {
    const { articles, rejected } = await reader.read(await load());
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
async function store(desk: Desk, batch: readonly ArticleInput[], options: IngestOptions) {
  try {
    return await desk.ingest(batch, options);
  } catch (error) {
    if (!isFault(error, 'PAYLOAD_TOO_LARGE')) throw error;
    const { code, detail } = error;
    return batch.map(
      ({ id }): IngestedDocument => ({ id, status: 'rejected', passages: 0, error: { code, detail } }),
    );
  }
}
