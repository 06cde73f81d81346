import { AGENT_NAMES, type AgentName, fault, type Principal } from '../../../agents/contracts/index.js';
import type { ExperimentRoom } from './experiments.js';
import type { LabelStore } from './label-store.js';
import { DEFAULT_LABEL } from './prompt-book.js';
import type { PromptVersion } from './prompt-folder.js';
import type { PromptShelf } from './prompt-shelf.js';
import { detailOf, entryOf, heldLabel, heldLabels, publicLabel, refuseUnreleased } from './prompt-view.js';
import type { Prompts } from './prompts.contract.js';

/** Prompts of a running process: files, and labels that were moved in place of those of the file. */
export interface PromptRoom {
  /** The version that a label or an exact version names in a tenant. @throws `PROMPT_NOT_FOUND` */
  resolve(agent: AgentName, wanted: string, tenant: string): string;
  /** The version of a thread that names none: what it draws in an experiment, else `production`. @throws `PROMPT_NOT_FOUND` */
  choose(agent: AgentName, thread: { readonly tenant: string; readonly threadId: string }): string;
  /** @throws `PROMPT_NOT_FOUND` */
  find(agent: AgentName, version: string): PromptVersion;
  readonly desk: Prompts;
}

export function createPromptRoom(parts: {
  readonly shelf: PromptShelf;
  readonly labels: LabelStore;
  readonly experiments: Pick<ExperimentRoom, 'versionFor'>;
  readonly now: () => number;
}): PromptRoom {
  const { shelf, labels, experiments, now } = parts;
  const resolve: PromptRoom['resolve'] = (agent, wanted, tenant) =>
    shelf.read().resolve(agent, labels.newest(tenant, agent, wanted)?.version ?? wanted);
  const labelsOf = (agent: AgentName, tenant: string) =>
    heldLabels(agent, shelf.read(), labels.ofPrompt(tenant, agent));

  const desk: Prompts = {
    list: async ({ tenant }) =>
      AGENT_NAMES.map((name) => entryOf(name, shelf.read().versions, labelsOf(name, tenant))),

    async get(name, version, { tenant }) {
      const found = shelf.read().find(name, version);
      return detailOf(found, labelsOf(found.name, tenant));
    },

    async label(name, label, { tenant }) {
      const found = labelsOf(agentNamed(name), tenant).get(label);
      if (!found) throw fault('PROMPT_NOT_FOUND', { detail: `${name} has no label “${label}”.` });
      return publicLabel(found);
    },

    async moveLabel({ name, label, version, holds }, { tenant, id }: Principal) {
      const agent = agentNamed(name);
      const known = labelsOf(agent, tenant).get(label);
      if (!holds(known?.etag ?? null)) throw fault('PRECONDITION_FAILED');
      refuseUnreleased(agent, version, shelf.read().versions);
      const move = { name: agent, label, version, previous: known?.version ?? null, by: id, at: now() };
      const made = await labels.move(tenant, move, known?.move?.number ?? 0);
      if (!made) throw fault('PRECONDITION_FAILED');
      return publicLabel(heldLabel(label, known?.fileVersion ?? null, made));
    },

    async moves(name, limit, { tenant }) {
      const moves = await labels.moves(tenant, agentNamed(name), limit);
      return moves.map(({ label, version, previous, by, at }) => ({
        ...{ label, version, previous, by },
        at: new Date(at).toISOString(),
      }));
    },
  };

  return {
    resolve,
    choose: (agent, { tenant, threadId }) =>
      resolve(agent, experiments.versionFor(agent, tenant, threadId) ?? DEFAULT_LABEL, tenant),
    find: shelf.find,
    desk,
  };
}

function agentNamed(name: string): AgentName {
  const agent = AGENT_NAMES.find((known) => known === name);
  if (!agent) throw fault('PROMPT_NOT_FOUND', { detail: `There is no prompt ${name}.` });
  return agent;
}
