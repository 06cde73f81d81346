import { z } from 'zod';
import { isFault } from '../../agents/contracts/index.js';
import { configTemplate } from '../config/template.js';
import { type CommandModule, EXIT } from './command-module.js';
import { type Check, checkConfig, checkNode, checkRefusedConfig } from './doctor-checks.js';
import { type CommonOptions, commonOptions, configOf, parseOptions } from './options.js';

const doctorOptions = commonOptions.extend({ template: z.boolean().default(false) });

/** `triagent doctor`: what is configured, reachable and missing. It changes nothing. */
export const doctorCommand: CommandModule = {
  define: (command) => command.option('--template', 'print a configuration file with every key explained'),
  async run(_args, given, output) {
    const options = parseOptions(doctorOptions, given);
    if (options.template) {
      output.data({ template: configTemplate() });
      output.print(configTemplate().trimEnd());
      return EXIT.done;
    }
    const checks = [checkNode(process.versions.node), ...(await configChecks(options))];
    const healthy = checks.every(({ status }) => status !== 'fail');
    output.data({ ok: healthy, checks });
    const width = Math.max(...checks.map(({ name }) => name.length));
    for (const { name, status, detail, next } of checks) {
      output.print(`${status.padEnd(4)}  ${name.padEnd(width)}  ${detail}`);
      if (next !== undefined) output.print(`${' '.repeat(width + 8)}→ ${next}`);
    }
    return healthy ? EXIT.done : EXIT.finding;
  },
};

async function configChecks(options: CommonOptions): Promise<readonly Check[]> {
  try {
    return await checkConfig(configOf(options));
  } catch (error) {
    if (isFault(error, 'CONFIG_INVALID')) return checkRefusedConfig(error);
    throw error;
  }
}
