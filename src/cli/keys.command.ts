import { randomBytes } from 'node:crypto';
import { stringify } from 'yaml';
import { z } from 'zod';
import { generateApiKey, hashApiKey } from '../config/api-keys.js';
import { type CommandModule, EXIT } from './command-module.js';
import { commonOptions, parseOptions } from './options.js';

const keysOptions = commonOptions.extend({
  groups: z
    .string()
    .default('')
    .transform((list) =>
      list
        .split(',')
        .map((group) => group.trim())
        .filter(Boolean),
    ),
  role: z.enum(['user', 'operator']).default('user'),
});

/** `triagent keys new`: a key, shown once, and the entry of `auth.keys` that holds its hash. */
export const keysCommand: CommandModule = {
  define: (command) => {
    command
      .argument('<action>', 'new')
      .option('--groups <list>', 'groups of its holder, separated by commas')
      .option('--role <role>', 'user or operator', 'user');
    for (const argument of command.registeredArguments) argument.choices(['new']);
    return command;
  },
  async run(_args, options, output) {
    const { tenant, groups, role } = parseOptions(keysOptions, options);
    const key = generateApiKey();
    const entry = {
      id: `${tenant}-${randomBytes(3).toString('hex')}`,
      hash: hashApiKey(key),
      tenant,
      groups,
      role,
    };
    output.data({ key, entry });
    output.print(key);
    output.print();
    output.print('# The key is shown once; its holder sends it as `Authorization: Bearer KEY`.');
    output.print('# triagent.config.yaml keeps its hash:');
    output.print(stringify({ auth: { keys: [entry] } }, { lineWidth: 0 }).trimEnd());
    return EXIT.done;
  },
};
