import { join, resolve } from 'node:path';
import { fault } from '../../agents/contracts/index.js';
import { type Config, configSchema, type Settings } from './config.schema.js';
import { type ConfigProblem, type Reading, readConfigFile, readDataFile } from './config-file.js';
import {
  type Environment,
  environmentLayer,
  findUnusedKeys,
  processEnvironment,
  readProviders,
} from './environment.js';
import { type Layer, mergeLayers, valueAt } from './layers.js';
import { packageRoot } from './package-root.js';
import { listSettings } from './settings.js';

export interface ConfigSources {
  /** Folder from which relative paths start. */
  readonly cwd: string;
  readonly env?: Environment;
  /** Settings of the command line, nested as in the file. */
  readonly flags?: Layer;
  /** Configuration file; without it `TRIAGENT_CONFIG`, then triagent.config.yaml in `cwd`. */
  readonly file?: string | undefined;
}

/**
 * The configuration: file, then environment over it, then flags over both.
 *
 * @throws `CONFIG_INVALID` that lists every problem at once by path; values never appear in it.
 */
export function loadConfig({ cwd, env = processEnvironment(), flags = {}, file }: ConfigSources): Config {
  const fromFile = readConfigFile(cwd, file ?? (env.TRIAGENT_CONFIG || undefined));
  const fromEnvironment = environmentLayer(env);
  const merged = readTaxonomy(mergeLayers(fromFile.value, fromEnvironment, flags), cwd);
  const parsed = configSchema.safeParse(merged.value);

  const problems = [
    ...fromFile.problems,
    ...merged.problems,
    ...(parsed.success ? [] : parsed.error.issues.flatMap(issueProblems)),
    ...exposureProblems(merged.value),
  ];
  if (!parsed.success || problems.length > 0) throw refusal(problems, fromEnvironment, flags);
  return complete(parsed.data, cwd, env);
}

function complete(settings: Settings, cwd: string, env: Environment): Config {
  const { dir, reload } = settings.prompts;
  const { extraRoots } = settings.tools;
  return {
    ...settings,
    data: { dir: resolve(cwd, settings.data.dir) },
    prompts: {
      dir: dir === undefined ? join(packageRoot(), 'prompts') : resolve(cwd, dir),
      reload: reload === 'on' || (reload === 'auto' && env.NODE_ENV === 'development'),
    },
    tools: { ...settings.tools, ...(extraRoots && { extraRoots: resolve(cwd, extraRoots) }) },
    providers: readProviders(env),
    unusedKeys: findUnusedKeys(env, settings),
  };
}

/** `taxonomy` may name a file; its content then stands in the place of the name. */
function readTaxonomy(layer: Layer, cwd: string): Reading<Layer> {
  if (typeof layer.taxonomy !== 'string') return { value: layer, problems: [] };
  const { value, problems } = readDataFile(resolve(cwd, layer.taxonomy));
  return {
    value: { ...layer, taxonomy: value },
    problems: problems.map(({ message }) => ({ path: ['taxonomy'], message })),
  };
}

type Issue = { code?: string | undefined; path: PropertyKey[]; message: string; keys?: unknown };

function issueProblems({ code, path, message, keys }: Issue): readonly ConfigProblem[] {
  if (code === 'unrecognized_keys' && Array.isArray(keys)) {
    return keys.map((key) => ({ path: [...path, String(key)], message: 'unknown key' }));
  }
  return [{ path, message: message.replace(/^Invalid (input|option): /, '') }];
}

function exposureProblems(layer: Layer): readonly ConfigProblem[] {
  const host = valueAt(layer, ['server', 'host']);
  const keys = valueAt(layer, ['auth', 'keys']);
  if (typeof host !== 'string' || isLoopback(host) || (Array.isArray(keys) && keys.length > 0)) return [];
  return [
    {
      path: ['server', 'host'],
      message: 'is not a loopback address, which needs auth.keys (`triagent keys new` makes one)',
    },
  ];
}

function isLoopback(host: string): boolean {
  return host === 'localhost' || host === '::1' || /^127(\.\d{1,3}){3}$/.test(host);
}

function refusal(problems: readonly ConfigProblem[], fromEnvironment: Layer, flags: Layer) {
  const told = problems.map(({ path, message }) => ({
    pointer: path.map((key) => `/${String(key)}`).join(''),
    message,
    place: [path.map(String).join('.'), variableOf(path, fromEnvironment, flags)].filter(Boolean).join(' '),
  }));
  return fault('CONFIG_INVALID', {
    detail: told.map(({ place, message }) => (place ? `${place}: ${message}` : message)).join('; '),
    errors: told.map(({ pointer, message }) => ({ pointer, message })),
  });
}

/** The environment variable that made the value at a path, for the reader who looks for it in the file in vain. */
function variableOf(path: readonly PropertyKey[], fromEnvironment: Layer, flags: Layer): string | null {
  const made = listSettings().find(
    (setting) =>
      setting.path.every((key, level) => path[level] === key) &&
      valueAt(fromEnvironment, setting.path) !== undefined &&
      valueAt(flags, setting.path) === undefined,
  );
  return made?.env === undefined ? null : `(${made.env})`;
}
