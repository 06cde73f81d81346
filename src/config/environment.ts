import type { Providers, Settings, UnusedKey } from './config.schema.js';
import { type Layer, layerOf, mergeLayers } from './layers.js';
import { Secret } from './secret.js';
import { listSettings, type Setting } from './settings.js';

export type Environment = Readonly<Record<string, string | undefined>>;

/** The process environment. This is its only reader. */
export const processEnvironment = (): Environment => process.env;

/** True where errors shall show their stack (`TRIAGENT_DEBUG`). */
export const wantsStacks = (env: Environment = processEnvironment()): boolean => Boolean(env.TRIAGENT_DEBUG);

/** The key with which the command line calls a host (`TRIAGENT_API_KEY`). */
export const clientKey = (env: Environment = processEnvironment()): string | undefined =>
  env.TRIAGENT_API_KEY || undefined;

/** The settings that environment variables make. An empty variable counts as absent. */
export function environmentLayer(env: Environment): Layer {
  const layers = listSettings().map((setting) => {
    const text = setting.env === undefined ? undefined : env[setting.env]?.trim();
    return text ? layerOf(setting.path, READERS[setting.type](text)) : {};
  });
  return mergeLayers(...layers);
}

/** What cannot be read stays text, so that the schema names the problem with the others. */
const READERS: Readonly<Record<Setting['type'], (text: string) => unknown>> = {
  number: (text) => (Number.isFinite(Number(text)) ? Number(text) : text),
  list: (text) => (text.startsWith('[') ? jsonOrText(text) : text.split(',').map((item) => item.trim())),
  text: (text) => text,
};

function jsonOrText(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return text;
  }
}

/** Keys and addresses of the providers. An empty variable counts as absent. */
export function readProviders(env: Environment): Providers {
  const text = <Name extends string>(name: Name, variable: string) => {
    const value = env[variable]?.trim();
    return (value ? { [name]: value } : {}) as { readonly [Key in Name]?: string };
  };
  const secret = <Name extends string>(name: Name, variable: string) => {
    const value = env[variable]?.trim();
    return (value ? { [name]: new Secret(value) } : {}) as { readonly [Key in Name]?: Secret };
  };
  return {
    openai: { ...secret('key', 'OPENAI_API_KEY'), ...text('baseUrl', 'OPENAI_BASE_URL') },
    openaiCompatible: secret('key', 'OPENAI_COMPATIBLE_API_KEY'),
    bedrock: {
      ...text('region', 'AWS_DEFAULT_REGION'),
      ...text('region', 'AWS_REGION'),
      ...text('endpoint', 'AWS_ENDPOINT_URL'),
      ...text('endpoint', 'AWS_ENDPOINT_URL_BEDROCK_RUNTIME'),
      ...text('profile', 'AWS_PROFILE'),
      ...secret('accessKeyId', 'AWS_ACCESS_KEY_ID'),
      ...secret('secretAccessKey', 'AWS_SECRET_ACCESS_KEY'),
      ...secret('sessionToken', 'AWS_SESSION_TOKEN'),
      ...secret('bearerToken', 'AWS_BEARER_TOKEN_BEDROCK'),
    },
  };
}

interface ProviderKey extends UnusedKey {
  readonly usedBy: (settings: Settings) => boolean;
}

/** Every model that the configuration names, once. */
export const namedModels = ({
  default: preset,
  agents,
  fallbacks,
}: Settings['models']): readonly string[] => [
  ...new Set([preset, ...Object.values(agents), ...Object.values(fallbacks).flat()]),
];

const usesModel = (provider: string) => (settings: Settings) =>
  [...namedModels(settings.models), settings.knowledge.embeddings].some((spec) =>
    spec.startsWith(`${provider}:`),
  );

const PROVIDER_KEYS: readonly ProviderKey[] = [
  { variable: 'OPENAI_API_KEY', setting: 'models.default: openai:MODEL', usedBy: usesModel('openai') },
  {
    variable: 'OPENAI_COMPATIBLE_API_KEY',
    setting: 'models.default: openai-compatible:MODEL@BASE_URL',
    usedBy: usesModel('openai-compatible'),
  },
  ...['AWS_ACCESS_KEY_ID', 'AWS_PROFILE', 'AWS_BEARER_TOKEN_BEDROCK'].map((variable) => ({
    variable,
    setting: 'models.default: bedrock:MODEL_ID',
    usedBy: usesModel('bedrock'),
  })),
  {
    variable: 'WEAVIATE_API_KEY',
    setting: 'knowledge.store: weaviate',
    usedBy: (settings) => settings.knowledge.store === 'weaviate',
  },
];

/** Provider keys that are present while no setting uses them. */
export function findUnusedKeys(env: Environment, settings: Settings): readonly UnusedKey[] {
  return PROVIDER_KEYS.filter((key) => env[key.variable] && !key.usedBy(settings)).map(
    ({ variable, setting }) => ({ variable, setting }),
  );
}
