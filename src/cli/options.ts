import type { Command } from 'commander';
import { z } from 'zod';
import { fault } from '../../agents/contracts/index.js';
import type { Config } from '../config/config.schema.js';
import { type Layer, mergeLayers } from '../config/layers.js';
import { loadConfig } from '../config/load-config.js';

/** Options that every command takes (contract §1). */
export const commonOptions = z.object({
  data: z.string().optional(),
  config: z.string().optional(),
  tenant: z.string().min(1).max(64).default('default'),
  samples: z.boolean().default(true),
  json: z.boolean().default(false),
});
export type CommonOptions = z.infer<typeof commonOptions>;

export function withCommonOptions(command: Command): Command {
  return command
    .option('--data <dir>', 'data folder')
    .option('--config <file>', 'configuration file')
    .option('--tenant <name>', 'tenant', 'default')
    .option('--no-samples', 'start from an empty store')
    .option('--json', 'machine output on stdout, all else on stderr');
}

/** The option of the commands that can go through a running host. */
export const urlOption = z
  .url({ protocol: /^https?$/, error: 'expected an http or https address' })
  .optional();

export function withUrlOption(command: Command): Command {
  return command.option('--url <base>', 'go through the host that runs there');
}

/** Options of the command line by their schema. @throws `USAGE` that lists every problem */
export function parseOptions<T>(schema: z.ZodType<T>, options: unknown): T {
  const parsed = schema.safeParse(options);
  if (parsed.success) return parsed.data;
  const problems = parsed.error.issues.map(({ path, message }) => `--${path.join('.')}: ${message}`);
  throw fault('USAGE', { detail: problems.join('; ') });
}

/** The configuration with the command line's settings on top. @throws `CONFIG_INVALID` */
export function configOf({ data, config, samples }: CommonOptions, settings: Layer = {}): Config {
  return loadConfig({
    cwd: process.cwd(),
    file: config,
    flags: mergeLayers({ data: { dir: data }, ...(samples ? {} : { samples: false }) }, settings),
  });
}
