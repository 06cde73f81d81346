import { z } from 'zod';
import { type CorpusFile, distilTable } from '../engine/knowledge/embeddings/distil/distil-table.js';
import { type CommandModule, EXIT } from './command-module.js';
import { listSources } from './ingest-sources.js';
import { commonOptions, parseOptions } from './options.js';
import type { Output } from './output.js';

const count = (most: number) => z.coerce.number().int().min(1).max(most);

const embeddingsOptions = commonOptions.extend({
  teacher: z.string().min(1),
  corpus: z.array(z.string()).min(1),
  out: z.string().min(1),
  cache: z.string().optional(),
  dimensions: count(1_024).default(192),
  limit: count(5_000_000).default(200_000),
  threads: count(64).default(1),
});

/** `triagent embeddings distil`: what an embedding model knows of a team's texts, as a table that needs no model. */
export const embeddingsCommand: CommandModule = {
  define: (command) => {
    command
      .argument('<action>', '`distil` fits a static table to an embedding model')
      .requiredOption('--teacher <spec>', 'embedding model that teaches, such as gguf:FILE')
      .requiredOption('--corpus <path...>', 'Markdown, text, HTML and JSONL: files and folders')
      .requiredOption('--out <file>', 'file of the table')
      .option(
        '--cache <dir>',
        'what the teacher has said; a broken-off run goes on from there (default: OUT.cache)',
      )
      .option('--dimensions <number>', 'numbers a vector', '192')
      .option('--limit <number>', 'texts to read at most, drawn evenly from the corpus', '200000')
      .option('--threads <number>', 'threads of a teacher in this process', '1')
      .addHelpText(
        'after',
        '\nUse the table with `knowledge.embeddings: static:FILE`.\n\nExample:\n' +
          '  triagent embeddings distil --teacher gguf:minilm.gguf --corpus articles/ tickets.jsonl --out team.table',
      );
    for (const argument of command.registeredArguments) argument.choices(['distil']);
    return command;
  },
  async run(_action, given, output) {
    const {
      teacher,
      corpus,
      out,
      cache = `${out}.cache`,
      dimensions,
      limit,
      threads,
    } = parseOptions(embeddingsOptions, given);
    const stages = stageBars(output);
    try {
      const header = await distilTable({
        teacher,
        corpus: filesOf(corpus),
        out,
        cache,
        dimensions,
        limit,
        threads,
        onProgress: stages.update,
      });
      const [before, after] = header.likeness;
      output.data({ out, ...header });
      output.print(
        `${header.name}: ${header.pieces} pieces of ${header.dimensions} numbers, from ${header.texts} texts`,
      );
      output.print(
        `likeness to the teacher on texts held back: ${after.toFixed(3)}, pieces alone ${before.toFixed(3)}`,
      );
      return EXIT.done;
    } finally {
      stages.finish();
    }
  },
};

async function* filesOf(paths: readonly string[]): AsyncGenerator<CorpusFile> {
  for (const source of await listSources(paths)) yield await source.load();
}

/** One bar a stage. */
function stageBars(output: Output) {
  let current: { readonly stage: string; readonly bar: ReturnType<Output['progress']> } | undefined;
  return {
    update(stage: string, done: number, total: number) {
      if (current?.stage !== stage) {
        current?.bar.finish();
        current = { stage, bar: output.progress(stage) };
      }
      current.bar.update(done, total);
    },
    finish: () => current?.bar.finish(),
  };
}
