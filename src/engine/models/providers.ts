import { fault } from '../../../agents/contracts/index.js';
import type { Config } from '../../config/config.schema.js';
import { offlineClient } from './offline-client.js';
import { openAIClient } from './openai.js';
import type { ProviderClient } from './provider.js';
import { unusableClient } from './unusable-client.js';

const OPENAI_URL = 'https://api.openai.com/v1';

type Providers = Config['providers'];

/** Makes the client of each provider from what stands behind the colon of a spec; one row a provider. */
const PROVIDERS: Readonly<
  Record<string, (name: string, spec: string, providers: Providers) => ProviderClient>
> = {
  offline: offlineClient,
  openai: (model, spec, { openai }) => {
    const { key, baseUrl = OPENAI_URL } = openai;
    if (key) return openAIClient({ spec, model, baseUrl, key, isCompatible: false });
    return unusableClient(spec, missing('There is no key for OpenAI.', 'Set `OPENAI_API_KEY`.'));
  },
  'openai-compatible': (name, spec, { openaiCompatible: { key } }) => {
    const at = name.indexOf('@');
    const [model, baseUrl] = [name.slice(0, at), name.slice(at + 1)];
    return openAIClient({ spec, model, baseUrl, ...(key && { key }), isCompatible: true });
  },
};

const missing = (detail: string, next: string) => fault('MODEL_CREDENTIALS', { detail, next });

/** The client of a well-formed spec. One that cannot be used here fails when it is asked. @throws `MODEL_SPEC_INVALID` */
export function clientOf(spec: string, providers: Providers): ProviderClient {
  const colon = spec.indexOf(':');
  const provider = spec.slice(0, colon);
  const make = Object.hasOwn(PROVIDERS, provider) ? PROVIDERS[provider] : undefined;
  if (!make) throw fault('MODEL_SPEC_INVALID');
  return make(spec.slice(colon + 1), spec, providers);
}
