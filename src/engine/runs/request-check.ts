import {
  AGENT_NAMES,
  type AgentName,
  fault,
  isFault,
  type Principal,
  type RunRequest,
} from '../../../agents/contracts/index.js';

/**
 * Refuses options that name what does not exist, before anything is kept of the run.
 * @throws `VALIDATION_FAILED` with the pointer of the agent or version, or what `checkModel` throws
 */
export function createRequestCheck(known: {
  readonly resolvePrompt: (agent: AgentName, version: string, tenant: string) => string;
  readonly checkModel: (agent: AgentName, spec: string, principal: Principal) => void;
}) {
  return ({ options = {} }: RunRequest, principal: Principal): void => {
    for (const [name, version] of Object.entries(options.prompts ?? {})) {
      const pointer = `/options/prompts/${name}`;
      const agent = agentNamed(name, pointer);
      try {
        known.resolvePrompt(agent, version, principal.tenant);
      } catch (error) {
        throw isFault(error, 'PROMPT_NOT_FOUND') ? invalid(pointer, error.detail, error.next) : error;
      }
    }
    for (const [name, spec] of Object.entries(options.models ?? {}))
      known.checkModel(agentNamed(name, `/options/models/${name}`), spec, principal);
  };
}

function agentNamed(name: string, pointer: string): AgentName {
  const agent = AGENT_NAMES.find((known) => known === name);
  if (!agent) throw invalid(pointer, `There is no agent “${name}”; there are ${AGENT_NAMES.join(', ')}.`);
  return agent;
}

const invalid = (pointer: string, message: string, next?: string) =>
  fault('VALIDATION_FAILED', { detail: message, errors: [{ pointer, message }], ...(next && { next }) });
