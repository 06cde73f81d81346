import { z } from 'zod';
import { AGENT_NAMES, fault } from '../../agents/contracts/index.js';
import { compareModels, modelTable } from '../../evals/index.js';
import type { Config } from '../config/config.schema.js';
import { modelSpecSchema } from '../config/model-spec.js';
import { inspectModels, type ModelFinding } from '../engine/inspect.js';
import { type CommandModule, EXIT, type ExitCode } from './command-module.js';
import { commonOptions, configOf, parseOptions } from './options.js';
import type { Output } from './output.js';

const modelsOptions = commonOptions.extend({
  models: z
    .string()
    .transform((text) => text.split(',').map((spec) => spec.trim()))
    .pipe(z.array(modelSpecSchema).min(1).max(8))
    .optional(),
  suite: z.literal('samples', { error: 'expected samples' }).default('samples'),
  limit: z.coerce.number().int().min(1).optional(),
});
type ModelsOptions = z.infer<typeof modelsOptions>;

const ACTIONS: Readonly<Record<string, (options: ModelsOptions, output: Output) => Promise<ExitCode>>> = {
  list,
  compare,
};

/** `triagent models`: which models are named, and how they do beside each other. */
export const modelsCommand: CommandModule = {
  define: (command) => {
    command
      .argument('<action>', 'list what is configured, or compare')
      .option('--models <specs>', 'the models to compare, separated by commas')
      .option('--suite <name>', 'what they are asked', 'samples')
      .option('--limit <n>', 'ask so many of its tickets only, spread evenly')
      .addHelpText(
        'after',
        '\nExample:\n  triagent models compare --models offline:extractive,openai:gpt-4o-mini --limit 20',
      );
    for (const argument of command.registeredArguments) argument.choices(Object.keys(ACTIONS));
    return command;
  },
  async run([name = ''], given, output) {
    const action = ACTIONS[name];
    if (!action) throw fault('USAGE', { detail: 'Say `triagent models list` or `triagent models compare`.' });
    return action(parseOptions(modelsOptions, given), output);
  },
};

async function list(options: ModelsOptions, output: Output): Promise<ExitCode> {
  const config = configOf(options);
  const found = (await inspectModels(config)).map((model) => ({
    ...model,
    usedBy: usesOf(model.spec, config),
  }));
  output.data({
    models: found.map(({ spec, usedBy, price, finding }) => ({
      ...{ spec, usedBy, price },
      ...('fault' in finding
        ? { reachable: false, code: finding.fault.code, detail: finding.fault.detail }
        : { reachable: true, detail: finding.detail }),
    })),
  });
  for (const { spec, usedBy, finding, price } of found) {
    const [status, detail] =
      'fault' in finding
        ? ['fail', `${finding.fault.code}: ${finding.fault.detail}`]
        : ['ok  ', finding.detail];
    output.print(`${status}  ${spec} (${usedBy.join(', ')})`);
    output.print(`      ${detail}; ${priceText(price)}`);
  }
  return found.some(({ finding }) => 'fault' in finding) ? EXIT.finding : EXIT.done;
}

function usesOf(spec: string, { models }: Config): readonly string[] {
  const agents = AGENT_NAMES.filter((agent) => (models.agents[agent] ?? models.default) === spec);
  const kinds = Object.entries(models.fallbacks).filter(([, specs]) => specs.includes(spec));
  return [
    ...(agents.length === AGENT_NAMES.length ? ['every agent'] : agents),
    ...kinds.map(([kind]) => `fallback: ${kind}`),
  ];
}

const priceText = (price: ModelFinding['price']) =>
  price
    ? `$${price.input} read and $${price.output} written a million tokens, ${price.context} tokens at most`
    : 'no price known';

async function compare({ models, limit, ...options }: ModelsOptions, output: Output): Promise<ExitCode> {
  if (!models) throw fault('USAGE', { detail: 'Say which ones: `--models A,B`.' });
  const bar = output.progress('tickets');
  try {
    const scores = await compareModels({ config: configOf(options), models, limit, onProgress: bar.update });
    output.data({ suite: options.suite, models: scores });
    output.print(modelTable(scores));
    return EXIT.done;
  } finally {
    bar.finish();
  }
}
