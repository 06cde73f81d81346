import type { Fault } from '../../../agents/contracts/index.js';
import type { ProviderClient } from './provider.js';

/** A model that is named but cannot be used here, such as one without a key. Asking it fails at once, without a request. */
export function unusableClient(spec: string, failure: Fault): ProviderClient {
  return {
    spec,
    lane: null,
    capabilities: { tools: true, forms: ['schema'], mayRefuseForms: false, streams: 'all' },
    reply() {
      throw failure;
    },
    probe: () => Promise.reject(failure),
  };
}
