import { fault } from '../../../agents/contracts/index.js';
import type { Config } from '../../config/config.schema.js';
import { namedModels } from '../../config/environment.js';
import { offlineClient } from './offline-client.js';
import type { ProviderClient } from './provider.js';
import { unusableClient } from './unusable-client.js';

const OPENAI_URL = 'https://api.openai.com/v1';

type Settings = Pick<Config, 'models' | 'providers'>;
type Maker = (name: string, spec: string, settings: Settings) => Promise<ProviderClient>;

/** Makes the client of what stands behind the colon of a spec; one row a provider. Libraries are loaded when first used. */
const PROVIDERS: Readonly<Record<string, Maker>> = {
  offline: async () => offlineClient(),
  openai: async (model, spec, { providers }) => {
    const { key, baseUrl = OPENAI_URL } = providers.openai;
    const { openAIClient } = await import('./openai.js');
    if (key) return openAIClient({ spec, model, baseUrl, key, isCompatible: false });
    return unusableClient(
      spec,
      fault('MODEL_CREDENTIALS', { detail: 'There is no key for OpenAI.', next: 'Set `OPENAI_API_KEY`.' }),
    );
  },
  'openai-compatible': async (name, spec, { models, providers }) => {
    const { openAIClient } = await import('./openai.js');
    const at = name.indexOf('@');
    const [model, baseUrl] = [name.slice(0, at), name.slice(at + 1)];
    // The key belongs to the operator's servers: an address that came with a request is not sent it.
    const key = namedModels(models).some((named) => named.endsWith(`@${baseUrl}`))
      ? providers.openaiCompatible.key
      : undefined;
    return openAIClient({ spec, model, baseUrl, ...(key && { key }), isCompatible: true });
  },
  bedrock: async (modelId, spec, { providers }) => {
    const { bedrockClient } = await import('./bedrock.js');
    return bedrockClient(modelId, spec, providers.bedrock);
  },
  gguf: async (path, spec) => {
    const { ggufClient } = await import('./gguf.js');
    return ggufClient(path, spec);
  },
};

/** The client of a well-formed spec. One that cannot be used here fails when it is asked. @throws `MODEL_SPEC_INVALID` */
export async function clientOf(spec: string, settings: Settings): Promise<ProviderClient> {
  const colon = spec.indexOf(':');
  const provider = spec.slice(0, colon);
  const make = Object.hasOwn(PROVIDERS, provider) ? PROVIDERS[provider] : undefined;
  if (!make) throw fault('MODEL_SPEC_INVALID');
  return make(spec.slice(colon + 1), spec, settings);
}
