import { readFile } from 'node:fs/promises';
import { basename } from 'node:path';
import { fault } from '../../agents/contracts/index.js';
import { DEFAULTS, judge, passesGate, readScorePairs, verdictTable } from '../../evals/index.js';
import { type CommandModule, EXIT, type ExitCode } from './command-module.js';
import { evalSuite, judgingOptions } from './eval-suite.js';
import { parseOptions } from './options.js';
import type { Output } from './output.js';

const EXAMPLES = `
Examples:
  $ triagent eval triage
  $ triagent eval triage --compare triage@1.0.0,triage@1.1.0 --gate --report compared.html
  $ triagent eval ./my-suite --repeats 3 --junit results.xml     # interrupted? the same command goes on
  $ triagent eval verdict scores.jsonl --gate

A suite is a folder with suite.yaml and cases.jsonl, whose lines are promptfoo tests. Exit codes: 0 measured,
1 the gate is closed, 3 cut short.`;

/** `triagent eval`: measures a suite, compares two versions, or judges scores that were measured elsewhere. */
export const evalCommand: CommandModule = {
  define: (command) =>
    command
      .argument('<suite>', 'a shipped suite, a folder, or `verdict` for scores that were measured elsewhere')
      .argument(
        '[file]',
        'of `verdict`: JSONL of {"case", "family"?, "metric", "a", "b"}; the first metric is the primary one',
      )
      .option('--compare <versions>', 'two versions, NAME@A,NAME@B')
      .option('--repeats <number>', 'times that every case is measured', '1')
      .option('--concurrency <number>', 'cases at work at a time, up to 256', '8')
      .option('--report <file>', 'a page with figures, intervals and both answers of every case')
      .option('--junit <file>', 'results for a CI system')
      .option('--failed-only', 'only the cases that failed last time, measured again')
      .option('--no-cache', 'measure everything again, and keep nothing')
      .option('--max-usd <dollars>', 'start no case once this is spent')
      .option('--margin <number>', `differences within ± this do not matter (default ${DEFAULTS.margin})`)
      .option('--alpha <number>', `error rate of intervals and tests (default ${DEFAULTS.alpha})`)
      .option(
        '--gate [rule]',
        'exit 1 unless B is not worse than the margin, with `better` unless it is better; alone, unless all cases pass',
      )
      .addHelpText('after', EXAMPLES),
  run: ([suite = '', file], given, output) =>
    suite === 'verdict' ? verdictOn(file, given, output) : evalSuite(suite, given, output),
};

async function verdictOn(file: string | undefined, given: unknown, output: Output): Promise<ExitCode> {
  const { margin = DEFAULTS.margin, alpha = DEFAULTS.alpha, gate } = parseOptions(judgingOptions, given);
  if (file === undefined) throw fault('USAGE', { detail: 'Say `triagent eval verdict FILE`.' });
  const text = await readFile(file, 'utf8').catch((cause: unknown) => {
    throw fault('INPUT_UNREADABLE', { detail: `${basename(file)} cannot be read.`, cause });
  });
  const report = judge(
    readScorePairs(text),
    { suite: basename(file), versions: ['a', 'b'] },
    { margin, alpha },
  );
  output.data(report);
  output.print(verdictTable(report, alpha));
  if (gate === undefined) return EXIT.done;
  const passed = passesGate(report, gate === 'better' ? 'better' : 'not-worse', margin);
  output.print(`gate      ${passed ? 'open' : 'closed'}`);
  return passed ? EXIT.done : EXIT.finding;
}
