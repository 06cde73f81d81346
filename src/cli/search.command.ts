import { z } from 'zod';
import { fault } from '../../agents/contracts/index.js';
import type { SearchHit } from '../engine/runtime.contract.js';
import { type CommandModule, EXIT, type ExitCode } from './command-module.js';
import type { Desk } from './desk.contract.js';
import { withDesk } from './desk.js';
import { mapInOrder } from './in-order.js';
import { countLines, readBytes, readJsonLines } from './json-lines.js';
import { commonOptions, parseOptions, urlOption, withUrlOption } from './options.js';
import type { Output } from './output.js';
import { openResultFile } from './result-file.js';
import { type QueryLine, readQuery, resultQid } from './search-batch.js';

const searchOptions = commonOptions.extend({
  url: urlOption,
  k: z.coerce.number().int().min(1).max(1000).default(10),
  collection: z.string().min(1).optional(),
  explain: z.boolean().default(false),
  queries: z.string().optional(),
  out: z.string().optional(),
});
type SearchOptions = z.infer<typeof searchOptions>;

/** Queries that are under way at once. */
const CONCURRENCY = 8;

/** `triagent search`: retrieval alone, for one query or for a JSONL file of them. */
export const searchCommand: CommandModule = {
  define: (command) =>
    withUrlOption(command)
      .argument('[query]', 'what to search for')
      .option('--k <number>', 'hits a query, up to 1000', '10')
      .option('--collection <name>', 'search this collection only')
      .option('--explain', "show each signal's own score")
      .option('--queries <file>', 'JSONL of {"qid", "query"} instead of one query')
      .option('--out <file>', 'JSONL of {"qid", "hits"}; an existing file is gone on with'),
  async run([text], given, output) {
    const options = parseOptions(searchOptions, given);
    if ((text === undefined) === (options.queries === undefined)) {
      throw fault('USAGE', { detail: 'Give either a query or --queries FILE.' });
    }
    if (options.queries !== undefined) return searchBatch(options.queries, options, output);
    if (options.out !== undefined) throw fault('USAGE', { detail: '--out belongs to --queries.' });
    if (!text?.trim()) throw fault('USAGE', { detail: 'The query is empty.' });
    const hits = await withDesk(options, output, (desk) => desk.search({ ...options, text }));
    output.data({ hits });
    hits.forEach((hit, index) => {
      output.print(
        `${String(index + 1).padStart(3)}. ${hit.title} (${hit.docId}#${hit.chunkId}, ${hit.score.toFixed(3)})`,
      );
      output.print(`     ${excerpt(hit.text)}`);
      if (hit.signals)
        output.print(
          `     ${Object.entries(hit.signals)
            .map(([name, score]) => `${name} ${score.toFixed(3)}`)
            .join(' · ')}`,
        );
    });
    if (hits.length === 0) output.note('Nothing was found.');
    return EXIT.done;
  },
};

const EXCERPT_LENGTH = 160;

function excerpt(text: string): string {
  const line = text.replaceAll(/\s+/g, ' ').trim();
  return line.length <= EXCERPT_LENGTH ? line : `${line.slice(0, EXCERPT_LENGTH)}…`;
}

async function searchBatch(path: string, options: SearchOptions, output: Output): Promise<ExitCode> {
  const total = await countLines(path);
  const results = await openResultFile(options.out, resultQid);
  const bar = output.progress('search', results.done);
  let done = results.done;
  let bad = 0;
  async function* queries() {
    for await (const line of readJsonLines(readBytes(path))) {
      const query = readQuery(line);
      if ('error' in query) bad += 1;
      yield query;
    }
  }
  const rest = results.remaining(queries(), ({ qid }) => qid);
  try {
    await withDesk(options, output, async (desk) => {
      const find = (query: QueryLine) => searchLine(desk, query, options);
      for await (const line of mapInOrder(rest, find, { concurrency: CONCURRENCY })) {
        await results.write(line);
        done += 1;
        bar.update(done, total);
      }
    });
  } finally {
    bar.finish();
    await results.close();
  }
  const before = results.done > 0 ? `, ${results.done} done before` : '';
  output.note(`${done} queries, ${bad} bad${before}`);
  return bad > 0 ? EXIT.finding : EXIT.done;
}

async function searchLine(desk: Desk, line: QueryLine, options: SearchOptions) {
  if ('error' in line) return line;
  const hits = await desk.search({ ...options, text: line.query });
  return { qid: line.qid, hits: hits.map(hitLine) };
}

const hitLine = ({ docId, chunkId, score, title, span, signals }: SearchHit) => ({
  docId,
  chunkId,
  score,
  title,
  span,
  ...(signals && { signals }),
});
