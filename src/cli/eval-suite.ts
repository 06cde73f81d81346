import { writeFile } from 'node:fs/promises';
import { basename } from 'node:path';
import { z } from 'zod';
import { fault } from '../../agents/contracts/index.js';
import {
  aggregateLines,
  DEFAULTS,
  type EvalResult,
  htmlReport,
  junitXml,
  passesGate,
  runEval,
  suiteTable,
  verdictTable,
} from '../../evals/index.js';
import { EXIT, type ExitCode } from './command-module.js';
import { createEvalWorld } from './eval-world.js';
import { commonOptions, configOf, parseOptions } from './options.js';
import type { Output } from './output.js';

/** Options of `eval` that judging scores takes too. */
export const judgingOptions = commonOptions.extend({
  margin: z.coerce.number().min(0).optional(),
  alpha: z.coerce.number().gt(0).lt(1).optional(),
  gate: z.union([z.literal(true), z.enum(['not-worse', 'better'])]).optional(),
});

const suiteOptions = judgingOptions.extend({
  compare: z
    .string()
    .transform((text) => text.split(','))
    .pipe(z.tuple([z.string(), z.string()], 'expected NAME@A,NAME@B'))
    .optional(),
  repeats: z.coerce.number().int().min(1).max(100).default(1),
  concurrency: z.coerce.number().int().min(1).max(256).default(8),
  report: z.string().min(1).optional(),
  junit: z.string().min(1).optional(),
  failedOnly: z.boolean().default(false),
  cache: z.boolean().default(true),
  maxUsd: z.coerce.number().positive().optional(),
});
type SuiteOptions = z.infer<typeof suiteOptions>;

/** `triagent eval SUITE`: measures one version, or judges two. */
export async function evalSuite(suite: string, given: unknown, output: Output): Promise<ExitCode> {
  const options = parseOptions(suiteOptions, given);
  const stop = new AbortController();
  const interrupt = () => stop.abort();
  process.once('SIGINT', interrupt);
  const { world, close } = createEvalWorld();
  const bar = output.progress('eval');
  try {
    return await runEval(
      { ...options, suite },
      {
        config: configOf(options),
        isOwnData: options.data !== undefined,
        tenant: options.tenant,
        world,
        signal: stop.signal,
        onProgress: bar.update,
      },
      async (result) => {
        bar.finish();
        await writeReports(result, options);
        return tell(result, options, output, stop.signal.aborted);
      },
    );
  } finally {
    bar.finish();
    close();
    process.removeListener('SIGINT', interrupt);
  }
}

async function writeReports(result: EvalResult, { report, junit }: SuiteOptions): Promise<void> {
  const write = (path: string, text: string) =>
    writeFile(path, text).catch((cause: unknown) => {
      throw fault('USAGE', { detail: `${basename(path)} cannot be written.`, cause });
    });
  if (junit !== undefined) await write(junit, junitXml(result.run, result.names));
  if (report !== undefined) await write(report, await htmlReport(result));
}

function tell(
  { run, report, verdict }: EvalResult,
  { gate, margin, alpha }: SuiteOptions,
  output: Output,
  isInterrupted: boolean,
): ExitCode {
  output.data(verdict ?? report);
  output.print(verdict ? verdictTable(verdict, alpha ?? run.suite.alpha ?? DEFAULTS.alpha) : suiteTable(run));
  if (verdict) output.print(aggregateLines(run));
  if (run.isCutShort) {
    const why = isInterrupted ? 'interrupted' : `the spend limit is reached ($${run.spentUsd.toFixed(4)})`;
    output.note(`${why} after ${run.cases.length} cases; the same command goes on from here`);
    return EXIT.failed;
  }
  if (gate === undefined) return EXIT.done;
  const rule = gate === 'better' ? 'better' : 'not-worse';
  const isOpen = verdict
    ? passesGate(verdict, rule, margin ?? run.suite.margin ?? DEFAULTS.margin)
    : report.results.every(({ pass }) => pass);
  output.print(`gate      ${isOpen ? 'open' : 'closed'}`);
  return isOpen ? EXIT.done : EXIT.finding;
}
