import { readFile } from 'node:fs/promises';
import { basename } from 'node:path';
import { z } from 'zod';
import { fault } from '../../agents/contracts/index.js';
import { DEFAULTS, judge, passesGate, readScorePairs, verdictTable } from '../../evals/index.js';
import { type CommandModule, EXIT } from './command-module.js';
import { commonOptions, parseOptions } from './options.js';

const evalOptions = commonOptions.extend({
  margin: z.coerce.number().min(0).default(DEFAULTS.margin),
  alpha: z.coerce.number().gt(0).lt(1).default(DEFAULTS.alpha),
  gate: z.union([z.literal(true), z.enum(['not-worse', 'better'])]).optional(),
});

/** `triagent eval verdict`: is B better than A, by scores that were measured elsewhere. */
export const evalCommand: CommandModule = {
  define: (command) => {
    command
      .argument('<suite>', '`verdict` judges scores that were measured elsewhere')
      .argument(
        '[file]',
        'JSONL of {"case", "family"?, "metric", "a", "b"}; the first metric is the primary one',
      )
      .option('--margin <number>', 'differences within ± this do not matter', String(DEFAULTS.margin))
      .option('--alpha <number>', 'error rate of intervals and tests', String(DEFAULTS.alpha))
      .option(
        '--gate [rule]',
        'exit 1 unless B is not worse than the margin; with `better`, unless it is better',
      )
      .addHelpText('after', '\nExample:\n  triagent eval verdict scores.jsonl --gate');
    return command;
  },
  async run([suite, file], given, output) {
    const options = parseOptions(evalOptions, given);
    if (suite !== 'verdict' || file === undefined)
      throw fault('USAGE', { detail: 'Say `triagent eval verdict FILE`.' });
    const text = await readFile(file, 'utf8').catch((cause: unknown) => {
      throw fault('INPUT_UNREADABLE', { detail: `${basename(file)} cannot be read.`, cause });
    });
    const { margin, alpha, gate } = options;
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
  },
};
