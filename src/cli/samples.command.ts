import { z } from 'zod';
import { type CommandModule, EXIT } from './command-module.js';
import { startRuntime } from './local.desk.js';
import { commonOptions, configOf, parseOptions } from './options.js';

const action = z.enum(['load', 'remove']);

/** `triagent samples`: the packaged sample world comes or goes; one's own data stays. */
export const samplesCommand: CommandModule = {
  define: (command) => {
    command.argument('<action>', 'load or remove');
    for (const argument of command.registeredArguments) argument.choices(action.options);
    return command;
  },
  async run([asked], given, output) {
    const wanted = action.parse(asked);
    const options = parseOptions(commonOptions, given);
    const runtime = await startRuntime(configOf({ ...options, samples: false }), output);
    const bar = output.progress('samples');
    try {
      const { articles, tickets } = await runtime.knowledge.samples(wanted, bar.update);
      output.data({ action: wanted, articles, tickets });
      output.print(
        `${wanted === 'load' ? 'loaded' : 'removed'}: ${articles} articles, ${tickets} solved tickets`,
      );
      return EXIT.done;
    } finally {
      bar.finish();
      await runtime.close();
    }
  },
};
