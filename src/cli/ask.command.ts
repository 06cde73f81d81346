import { readFile } from 'node:fs/promises';
import { basename, extname } from 'node:path';
import { z } from 'zod';
import { fault } from '../../agents/contracts/index.js';
import { type AnswerView, createAnswerView } from './answer.view.js';
import { type CommandModule, EXIT, type ExitCode } from './command-module.js';
import type { Desk, Question } from './desk.contract.js';
import { withDesk } from './desk.js';
import { commonOptions, parseOptions, urlOption, withUrlOption } from './options.js';
import type { Output } from './output.js';

const askOptions = commonOptions.extend({
  url: urlOption,
  thread: z.string().min(1).optional(),
  collection: z.string().min(1).optional(),
  attach: z.array(z.string()).default([]),
});

/** `triagent ask`: one chat turn, its steps while they happen, then the answer with its sources. */
export const askCommand: CommandModule = {
  define: (command) =>
    withUrlOption(command)
      .argument('<question>', 'what you want to know')
      .option('--thread <id>', 'go on with this thread')
      .option('--attach <file>', 'a text file beside the question, such as a log; may be repeated', collect)
      .option('--collection <name>', 'search this collection only'),
  async run([text = ''], given, output) {
    const options = parseOptions(askOptions, given);
    if (text.trim() === '') throw fault('USAGE', { detail: 'The question is empty.' });
    const attachments = await Promise.all(options.attach.map(readAttachment));
    const question = { text, attachments, threadId: options.thread, collection: options.collection };
    return withDesk(options, output, (desk) => ask(desk, question, output));
  },
};

const collect = (value: string, earlier: readonly string[] = []): readonly string[] => [...earlier, value];

async function ask(desk: Desk, question: Question, output: Output): Promise<ExitCode> {
  const view = createAnswerView(output);
  const run = await desk.ask(question, view.onFrame);
  const interrupted = Promise.withResolvers<'interrupted'>();
  const interrupt = () => interrupted.resolve('interrupted');
  process.once('SIGINT', interrupt);
  try {
    if ((await Promise.race([run.ended, interrupted.promise])) !== 'interrupted')
      return conclude(view, run.threadId, output);
    const receipt = await run.cancel();
    output.data({ threadId: run.threadId, receipt });
    output.note(`cancelled; stopped: ${receipt.stopped.join(', ') || 'nothing was under way'}`);
    output.note(`already done: ${receipt.effects.join(', ') || 'nothing'}`);
    return EXIT.failed;
  } finally {
    process.off('SIGINT', interrupt);
  }
}

function conclude(view: AnswerView, threadId: string, output: Output): ExitCode {
  const { values, failure } = view.result();
  output.data({ threadId, ...values, ...(failure && { error: failure }) });
  view.print();
  output.note(`thread ${threadId} · go on with --thread ${threadId}`);
  if (failure)
    output.note(`error ${failure.code}: ${failure.detail}\n  kept: ${failure.kept}\n  next: ${failure.next}`);
  return failure ? EXIT.failed : EXIT.done;
}

const MEDIA_TYPES: Readonly<Record<string, string>> = {
  '.json': 'application/json',
  '.md': 'text/markdown',
  '.html': 'text/html',
  '.csv': 'text/csv',
};

async function readAttachment(path: string) {
  const name = basename(path);
  const bytes = await readFile(path).catch((cause: unknown) => {
    throw fault('INPUT_UNREADABLE', { detail: `${name} cannot be read.`, cause });
  });
  try {
    const text = new TextDecoder('utf-8', { fatal: true }).decode(bytes);
    return { name, mediaType: MEDIA_TYPES[extname(name).toLowerCase()] ?? 'text/plain', text };
  } catch (cause) {
    throw fault('INPUT_UNREADABLE', { detail: `${name} is not text in UTF-8.`, cause });
  }
}
