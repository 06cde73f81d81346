import { AGENT_NAMES, type AgentName, fault, type Principal } from '../../../agents/contracts/index.js';
import type { ModelCall } from '../../../agents/ports.js';
import type { RunContext } from '../../../agents/run-context.js';
import type { Config } from '../../config/config.schema.js';
import { namedModels } from '../../config/environment.js';
import { modelSpecProblem } from '../../config/model-spec.js';
import type { FallbackKind } from './model-faults.js';
import { memoize } from './offline/lru.js';
import type { ProviderClient } from './provider.js';
import { clientOf } from './providers.js';

/** Clients of models that were not asked for long are forgotten. */
const MAX_CLIENTS = 64;

/** Chooses the model of a call: the run's own wish, else its prompt's, else the agent's, else the default. */
export function createModelRouter(config: Pick<Config, 'models' | 'providers'>) {
  const { models } = config;
  const named = namedModels(models);
  const specs = Object.fromEntries(
    AGENT_NAMES.map((agent) => [agent, models.agents[agent] ?? models.default]),
  ) as Record<AgentName, string>;
  const client = memoize(MAX_CLIENTS, (spec) => clientOf(spec, config));
  return {
    specs,
    /**
     * Refuses a spec that names no model, or an address or file that the asking principal may not choose: who may ask
     * questions may not make this host call any server. @throws `MODEL_SPEC_INVALID`
     */
    check(agent: AgentName, spec: string, { role }: Pick<Principal, 'role'>) {
      const isPlace = /^(openai-compatible|gguf):/.test(spec);
      const mayChoose =
        role === 'operator' || !isPlace || named.some((known) => placeOf(known) === placeOf(spec));
      const problem =
        modelSpecProblem(spec) ?? (mayChoose ? null : 'names a place that the configuration does not name');
      if (problem)
        throw fault('MODEL_SPEC_INVALID', {
          detail: `The model of ${agent} ${problem}.`,
          errors: [{ pointer: `/options/models/${agent}`, message: problem }],
        });
    },
    /** Makes the clients of the configured models, so that the first call does not wait for their libraries. */
    warmUp: async () => {
      await Promise.all(named.map(client));
    },
    modelFor: ({ agent }: ModelCall<unknown>, run: RunContext, preferred?: string): Promise<ProviderClient> =>
      client(run.options.models?.[agent] ?? preferred ?? specs[agent]),
    fallbacksFor: (kind: FallbackKind): Promise<readonly ProviderClient[]> =>
      Promise.all(models.fallbacks[kind].map(client)),
  };
}

/** The server or file that a spec leads to. */
const placeOf = (spec: string): string =>
  spec.startsWith('gguf:') ? spec : spec.slice(spec.indexOf('@') + 1);
