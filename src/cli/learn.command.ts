import { z } from 'zod';
import type { IngestedDocument, SolvedTicketInput } from '../engine/runtime.contract.js';
import { type CommandModule, EXIT } from './command-module.js';
import type { Desk } from './desk.contract.js';
import { withDesk } from './desk.js';
import { countLines, type JsonLine, readBytes, readJsonLines } from './json-lines.js';
import { commonOptions, parseOptions, urlOption, withUrlOption } from './options.js';
import type { Output } from './output.js';

type Learned = Awaited<ReturnType<Desk['retrain']>>;

const learnOptions = commonOptions.extend({ url: urlOption });

/** A batch is one request or one unit of work. */
const BATCH = { tickets: 200, bytes: 2 * 1024 * 1024 };

const EXAMPLES = `
Examples:
  $ triagent learn solved.jsonl
  $ triagent learn solved.jsonl --url http://127.0.0.1:3000 --json

A solved ticket is {"id", "subject", "body", "category"?, "queue"?, "priority"?, "articles"?, "resolution"?, "createdAt"?,
"locale"?}. Learning a file again changes nothing; a bad line is reported, the others are learned, and the exit code is 1.`;

/** `triagent learn`: solved tickets into the ticket memory, which triage and search ask from then on. */
export const learnCommand: CommandModule = {
  define: (command) =>
    withUrlOption(command)
      .argument('<file>', 'JSONL of solved tickets, or - for stdin')
      .addHelpText('after', EXAMPLES),
  async run([path = '-'], given, output) {
    const options = parseOptions(learnOptions, given);
    const total = await countLines(path);
    const { documents, learned } = await withDesk(options, output, async (desk) => ({
      documents: await learn(desk, path, total, output),
      learned: await retrain(desk, output),
    }));
    const report = { added: 0, updated: 0, unchanged: 0, rejected: 0 };
    for (const { id, status, error } of documents) {
      report[status] += 1;
      if (error) output.note(`rejected ${id}: ${error.code}: ${error.detail}`);
    }
    output.data({ ...report, documents, ...(learned !== 'later' && { learned }) });
    const { added, updated, unchanged, rejected } = report;
    output.print(`${added} added, ${updated} updated, ${unchanged} unchanged, ${rejected} rejected`);
    output.print(learnedWords(learned));
    return rejected > 0 ? EXIT.finding : EXIT.done;
  },
};

async function retrain(desk: Desk, output: Output): Promise<Learned> {
  const bar = output.progress('train');
  try {
    return await desk.retrain(bar.update);
  } finally {
    bar.finish();
  }
}

function learnedWords(learned: Learned): string {
  if (learned === 'later') return 'the host learns to route from them in the background';
  if (learned === null) return 'too few labelled tickets to learn routing from';
  const fields = Object.entries(learned.fields).map(
    ([name, { accuracy, heldBack }]) =>
      `${name} right in ${(100 * accuracy).toFixed(1)} % of ${heldBack} held back`,
  );
  return `routing learned from ${learned.tickets} tickets: ${fields.join(', ')}`;
}

async function learn(
  desk: Desk,
  path: string,
  total: number | undefined,
  output: Output,
): Promise<readonly IngestedDocument[]> {
  const bar = output.progress('learn');
  const documents: IngestedDocument[] = [];
  try {
    for await (const lines of batches(readJsonLines(readBytes(path)))) {
      documents.push(...(await learnBatch(desk, lines)));
      bar.update(documents.length, total);
    }
    return documents;
  } finally {
    bar.finish();
  }
}

/** What became of each line, in order: a line that is no object is rejected here, anything else by the desk. */
async function learnBatch(desk: Desk, lines: readonly JsonLine[]): Promise<readonly IngestedDocument[]> {
  const verdicts = lines.map(readLine);
  const tickets = verdicts.flatMap((verdict) => ('ticket' in verdict ? [verdict.ticket] : []));
  const learned = (tickets.length > 0 ? await desk.learn(tickets) : []).values();
  return lines.flatMap(({ id: name }, index) => {
    const verdict = verdicts[index];
    if (verdict && 'rejected' in verdict) return [verdict.rejected];
    return [...learned.take(1)].map(({ id, ...document }) => ({ id: id || name, ...document }));
  });
}

/** The desk checks the fields. */
const objectSchema = z.custom<SolvedTicketInput>(
  (value) => typeof value === 'object' && value !== null && !Array.isArray(value),
);

function readLine(line: JsonLine): { ticket: SolvedTicketInput } | { rejected: IngestedDocument } {
  const read = 'value' in line ? objectSchema.safeParse(line.value) : undefined;
  if (read?.success) return { ticket: read.data };
  const { code, detail } =
    'error' in line ? line.error : { code: 'VALIDATION_FAILED', detail: 'The line is no JSON object.' };
  return { rejected: { id: line.id, status: 'rejected', passages: 0, error: { code, detail } } };
}

async function* batches(lines: AsyncIterable<JsonLine>): AsyncGenerator<readonly JsonLine[]> {
  let batch: JsonLine[] = [];
  let bytes = 0;
  for await (const line of lines) {
    if (batch.length > 0 && (batch.length >= BATCH.tickets || bytes + line.bytes > BATCH.bytes)) {
      yield batch;
      batch = [];
      bytes = 0;
    }
    batch.push(line);
    bytes += line.bytes;
  }
  if (batch.length > 0) yield batch;
}
