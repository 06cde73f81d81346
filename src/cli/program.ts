import { Command, CommanderError } from 'commander';
import { fault, isFault } from '../../agents/contracts/index.js';
import { type CommandModule, EXIT, type ExitCode } from './command-module.js';
import { withCommonOptions } from './options.js';
import { createOutput } from './output.js';

interface CommandEntry {
  readonly summary: string;
  /** Loaded only for the command that is called: a help text shall not wait for the engine. */
  readonly load: () => Promise<CommandModule>;
}

const COMMANDS: Readonly<Record<string, CommandEntry>> = {
  serve: {
    summary: 'run the host: chat over WebSocket and SSE, REST, a page at /',
    load: async () => (await import('./serve.command.js')).serveCommand,
  },
  ask: {
    summary: 'ask one question and watch the agents answer it',
    load: async () => (await import('./ask.command.js')).askCommand,
  },
  triage: {
    summary: 'triage one ticket, or a batch as JSONL in and out',
    load: async () => (await import('./triage.command.js')).triageCommand,
  },
  ingest: {
    summary: 'read files, folders, URLs and JSONL into the knowledge base',
    load: async () => (await import('./ingest.command.js')).ingestCommand,
  },
  learn: {
    summary: 'learn from solved tickets',
    load: async () => (await import('./learn.command.js')).learnCommand,
  },
  quality: {
    summary: 'how well tickets are routed, and how many could be without a person',
    load: async () => (await import('./quality.command.js')).qualityCommand,
  },
  search: {
    summary: 'search the knowledge base, one query or a batch',
    load: async () => (await import('./search.command.js')).searchCommand,
  },
  eval: {
    summary: 'judge whether a version is better than another',
    load: async () => (await import('./eval.command.js')).evalCommand,
  },
  embeddings: {
    summary: 'fit a static embedding to a model, on your own texts',
    load: async () => (await import('./embeddings.command.js')).embeddingsCommand,
  },
  prompts: {
    summary: 'list, show, compare, check, draft, release and label prompts',
    load: async () => (await import('./prompts.command.js')).promptsCommand,
  },
  models: {
    summary: 'list the configured models, or compare several on the same tickets',
    load: async () => (await import('./models.command.js')).modelsCommand,
  },
  samples: {
    summary: "load or remove the sample knowledge base; one's own data stays",
    load: async () => (await import('./samples.command.js')).samplesCommand,
  },
  keys: {
    summary: 'make an API key',
    load: async () => (await import('./keys.command.js')).keysCommand,
  },
  doctor: {
    summary: 'say what is configured, reachable and missing',
    load: async () => (await import('./doctor.command.js')).doctorCommand,
  },
};

/** Runs one command line and gives its exit code; every failure is told with its code and what to do. */
export async function runProgram(args: readonly string[]): Promise<ExitCode> {
  const output = createOutput({ json: args.includes('--json') });
  try {
    return await dispatch(args, output);
  } catch (error) {
    if (error instanceof CommanderError) return error.exitCode === 0 ? EXIT.done : EXIT.usage;
    output.failure(isFault(error) ? error : unexpected(error));
    return isFault(error, 'USAGE') ? EXIT.usage : EXIT.failed;
  }
}

const unexpected = (cause: unknown) =>
  fault('INTERNAL', { next: 'Run it again with TRIAGENT_DEBUG=1 to see the cause.', cause });

async function dispatch(args: readonly string[], output: ReturnType<typeof createOutput>): Promise<ExitCode> {
  const program = new Command('triagent')
    .description(
      "A support team's agents in one process: triage, retrieval, diagnostics, cited answers and a critic.",
    )
    .exitOverride()
    .configureHelp({ subcommandTerm: (command) => command.name() })
    .addHelpText('after', '\nExit codes: 0 done, 1 a finding, 2 wrong usage, 3 could not run.');
  let exit: ExitCode = EXIT.done;
  const called = args[0] === 'help' ? args[1] : args[0];
  for (const [name, { summary, load }] of Object.entries(COMMANDS)) {
    const command = program.command(name).description(summary);
    if (name !== called) continue;
    const { define, run } = await load();
    define(withCommonOptions(command)).action(async () => {
      exit = await run(command.args, command.opts(), output);
    });
  }
  if (args.length === 0) program.help({ error: true });
  await program.parseAsync(args, { from: 'user' });
  return exit;
}
