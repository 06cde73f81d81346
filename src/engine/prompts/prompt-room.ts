import { createHash } from 'node:crypto';
import { AGENT_NAMES, type AgentName, fault, type Principal } from '../../../agents/contracts/index.js';
import type { LabelMove, LabelStore } from './label-store.js';
import { DEFAULT_LABEL } from './prompt-book.js';
import type { PromptVersion } from './prompt-folder.js';
import type { PromptShelf } from './prompt-shelf.js';
import type { PromptDetail, PromptLabel, PromptSummary, Prompts } from './prompts.contract.js';

/** Prompts of a running process: files, and labels that were moved in place of those of the file. */
export interface PromptRoom {
  /** The version that a label, an exact version or (without either) `production` names in a tenant. @throws `PROMPT_NOT_FOUND` */
  resolve(agent: AgentName, wanted: string | undefined, tenant: string): string;
  /** @throws `PROMPT_NOT_FOUND` */
  find(agent: AgentName, version: string): PromptVersion;
  readonly desk: Prompts;
}

export function createPromptRoom(shelf: PromptShelf, labels: LabelStore, now: () => number): PromptRoom {
  /** All labels of a prompt by name, as they hold in a tenant. */
  const labelsOf = (agent: AgentName, tenant: string): ReadonlyMap<string, HeldLabel> => {
    const file = shelf.read().labels[agent] ?? {};
    const moved = labels.ofPrompt(tenant, agent);
    return new Map([
      ...Object.entries(file).map(([label, version]) => [label, heldLabel(label, version)] as const),
      ...moved.map((move) => [move.label, heldLabel(move.label, file[move.label], move)] as const),
    ]);
  };

  const summariesOf = (agent: AgentName) => shelf.read().versions.filter(({ name }) => name === agent);

  const desk: Prompts = {
    list: async ({ tenant }) =>
      AGENT_NAMES.map((name) => ({
        name,
        versions: summariesOf(name).map(summaryOf),
        labels: [...labelsOf(name, tenant).values()].map(publicLabel),
      })),

    async get(name, version, { tenant }) {
      const found = shelf.read().find(name, version);
      const held = [...labelsOf(found.name, tenant).values()];
      const pointing = held.filter((label) => label.version === version).map(({ label }) => label);
      return detailOf(found, pointing);
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
      refuseUnreleased(summariesOf(agent), version);
      const move = { name: agent, label, version, previous: known?.version ?? null, by: id, at: now() };
      const made = await labels.move(tenant, move, known?.move?.number ?? 0);
      if (!made) throw fault('PRECONDITION_FAILED');
      return publicLabel(heldLabel(label, known?.fileVersion ?? undefined, made));
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
    resolve: (agent, wanted = DEFAULT_LABEL, tenant) =>
      shelf.read().resolve(agent, labels.newest(tenant, agent, wanted)?.version ?? wanted),
    find: shelf.find,
    desk,
  };
}

type HeldLabel = PromptLabel & { readonly move: LabelMove | undefined };

function heldLabel(label: string, fileVersion: string | undefined, move?: LabelMove): HeldLabel {
  const version = move?.version ?? fileVersion ?? '';
  return {
    label,
    version,
    heldBy: move ? 'store' : 'file',
    fileVersion: fileVersion ?? null,
    by: move?.by ?? null,
    at: move ? new Date(move.at).toISOString() : null,
    etag: etagOf([label, version, move?.number ?? 0]),
    move,
  };
}

const publicLabel = ({ move: _, ...label }: HeldLabel): PromptLabel => label;

const etagOf = (state: readonly unknown[]) =>
  createHash('sha256').update(JSON.stringify(state)).digest('base64url').slice(0, 16);

export const summaryOf = ({
  version,
  state,
  hash,
  description,
  changelog,
}: PromptVersion): PromptSummary => ({ version, state, hash, description, changelog });

export const detailOf = (prompt: PromptVersion, labels: readonly string[]): PromptDetail => ({
  name: prompt.name,
  ...summaryOf(prompt),
  labels,
  text: prompt.text,
  variables: [...prompt.variables],
  settings: prompt.settings,
  retrieval: { ...prompt.retrieval },
  partials: prompt.partials,
  examples: prompt.examples,
});

function agentNamed(name: string): AgentName {
  const agent = AGENT_NAMES.find((known) => known === name);
  if (!agent) throw fault('PROMPT_NOT_FOUND', { detail: `There is no prompt ${name}.` });
  return agent;
}

/** @throws `VALIDATION_FAILED` where a version does not exist or may not be labelled */
function refuseUnreleased(versions: readonly PromptVersion[], version: string): void {
  const found = versions.find((known) => known.version === version);
  if (found?.state === 'released') return;
  const message = found ? 'is a draft; release it first' : 'does not exist';
  throw fault('VALIDATION_FAILED', {
    detail: `Version ${version} ${message}.`,
    errors: [{ pointer: '/version', message }],
  });
}
