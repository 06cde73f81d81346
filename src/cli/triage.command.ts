import { randomUUID } from 'node:crypto';
import { z } from 'zod';
import { DEPTHS, fault, type TriageRequest } from '../../agents/contracts/index.js';
import { type CommandModule, EXIT, type ExitCode } from './command-module.js';
import { withDesk } from './desk.js';
import { countLines } from './json-lines.js';
import { commonOptions, parseOptions, urlOption, withUrlOption } from './options.js';
import type { Output } from './output.js';
import { openResultFile } from './result-file.js';
import { printTriage } from './triage.view.js';
import { resultTicketId, triageBatch } from './triage-batch.js';
import { type Input, openInput, readTicket } from './triage-input.js';

const triageOptions = commonOptions.extend({
  url: urlOption,
  depth: z.enum(DEPTHS).optional(),
  out: z.string().min(1).optional(),
  concurrency: z.coerce.number().int().min(1).max(256).default(8),
});
type TriageOptions = z.infer<typeof triageOptions>;

const EXAMPLES = `
Examples:
  $ triagent triage ticket.json
  $ triagent triage tickets.jsonl --out results.jsonl      # interrupted? the same command goes on
  $ triagent triage tickets.jsonl --depth classify | jq .decision.category.value
  $ cat tickets.jsonl | triagent triage - --url http://127.0.0.1:3000

A ticket is {"id"?, "subject", "body", "requester"?, "attachments"?, "fields"?, "options"? …}; other keys are
kept among its fields. A result line stands in the place of its ticket's line; a line that is no ticket becomes
{"id", "error"}, and the exit code is 1.`;

/** `triagent triage`: one ticket for a person or a program, or a batch of any length. */
export const triageCommand: CommandModule = {
  define: (command) =>
    withUrlOption(command)
      .argument('[file]', 'FILE.json, FILE.jsonl, or - for stdin', '-')
      .option('--depth <depth>', 'classify (no answer), answer (no network tools) or full')
      .option('--out <file>', 'JSONL of results; an existing file is gone on with')
      .option('--concurrency <number>', 'tickets at work at a time, up to 256', '8')
      .addHelpText('after', EXAMPLES),
  async run([path = '-'], given, output) {
    const options = parseOptions(triageOptions, given);
    const input = await openInput(path);
    const interrupted = new AbortController();
    const interrupt = () => interrupted.abort(fault('RUN_CANCELLED'));
    process.once('SIGINT', interrupt);
    try {
      return input.single && options.out === undefined
        ? await triageOne(await readTicket(input.bytes, options.depth), options, output, interrupted.signal)
        : await triageMany(input, path, options, output, interrupted.signal);
    } finally {
      process.off('SIGINT', interrupt);
    }
  },
};

async function triageOne(
  request: TriageRequest,
  options: TriageOptions,
  output: Output,
  signal: AbortSignal,
): Promise<ExitCode> {
  const result = await withDesk(options, output, (desk) =>
    desk.triage({ request, idempotencyKey: randomUUID(), goesOn: false }, signal),
  );
  output.data(result);
  printTriage(result, output);
  output.note(`thread ${result.threadId} · go on with triagent ask "…" --thread ${result.threadId}`);
  return result.status === 'failed' || result.status === 'cancelled' ? EXIT.failed : EXIT.done;
}

async function triageMany(
  { single, bytes }: Input,
  path: string,
  options: TriageOptions,
  output: Output,
  signal: AbortSignal,
): Promise<ExitCode> {
  const { depth, concurrency } = options;
  const lines = single ? oneLine(bytes) : bytes;
  const total = single ? 1 : await countLines(path);
  const results = await openResultFile(options.out, resultTicketId);
  try {
    const { done, counts } = await withDesk(options, output, (desk) =>
      triageBatch(lines, { desk, results, output }, { depth, concurrency, total, signal }),
    );
    const parts = Object.entries(counts).map(([what, count]) => `${count} ${what.replace('_', ' ')}`);
    if (results.done > 0) parts.push(`${results.done} done before`);
    output.note(`${done} tickets${parts.length > 0 ? `: ${parts.join(', ')}` : ''}`);
    if (signal.aborted) {
      output.note(options.out ? 'interrupted; the same command goes on from here' : 'interrupted');
      return EXIT.failed;
    }
    return counts.bad || counts.failed ? EXIT.finding : EXIT.done;
  } finally {
    await results.close();
  }
}

/** One ticket in several lines as one line: JSON has no line feeds but those between its tokens. */
async function* oneLine(bytes: AsyncIterable<Buffer>): AsyncGenerator<Buffer> {
  for await (const chunk of bytes) yield Buffer.from(chunk.map((byte) => (byte === 0x0a ? 0x20 : byte)));
}
