import { AGENT_NAMES, type AgentName, fault } from '../../../agents/contracts/index.js';
import type { ModelCall } from '../../../agents/ports.js';
import type { RunContext } from '../../../agents/run-context.js';
import type { Config } from '../../config/config.schema.js';
import { modelSpecProblem } from '../../config/model-spec.js';
import type { NamedModel } from './chat-models.js';
import { ExtractiveChatModel } from './offline/extractive.model.js';

/** Makes the client of each provider; one row a provider. */
const PROVIDERS: Readonly<Record<string, () => NamedModel['client']>> = {
  offline: () => new ExtractiveChatModel(),
};

/** Chooses the model of a call: the run's own wish, else the agent's, else the default. */
export function createModelRouter(config: Pick<Config, 'models'>) {
  const specs = Object.fromEntries(
    AGENT_NAMES.map((agent) => [agent, config.models.agents[agent] ?? config.models.default]),
  ) as Record<AgentName, string>;
  const clients = new Map<string, NamedModel>();
  const client = (spec: string): NamedModel => {
    const known = clients.get(spec);
    if (known) return known;
    const make = PROVIDERS[spec.slice(0, spec.indexOf(':'))];
    if (!make) throw fault('MODEL_SPEC_INVALID');
    const made = { spec, client: make() };
    clients.set(spec, made);
    return made;
  };
  return {
    specs,
    /** Refuses a spec that names no model of this version. @throws `MODEL_SPEC_INVALID` */
    check(agent: AgentName, spec: string) {
      const problem = modelSpecProblem(spec);
      if (problem)
        throw fault('MODEL_SPEC_INVALID', {
          detail: `The model of ${agent} ${problem}.`,
          errors: [{ pointer: `/options/models/${agent}`, message: problem }],
        });
    },
    modelFor: ({ agent }: ModelCall<unknown>, run: RunContext) =>
      client(run.options.models?.[agent] ?? specs[agent]),
  };
}
