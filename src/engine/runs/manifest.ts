import { createHash } from 'node:crypto';
import { AGENT_NAMES, type AgentName, type Manifest } from '../../../agents/contracts/index.js';
import type { PromptVersion } from '../prompts/prompt-folder.js';
import type { PromptRoom } from '../prompts/prompt-room.js';
import type { LedgerRun } from '../storage/ledger.js';

/** What a run will work with, settled before it begins. */
export interface Settled {
  /** Prompt version by agent. */
  readonly versions: Readonly<Record<AgentName, string>>;
  /** With the models that are to answer; those that did are filled in at the end. */
  readonly manifest: Manifest;
}

/** @throws `PROMPT_NOT_FOUND` where a version is gone since the run was accepted */
export type Settle = (run: LedgerRun) => Promise<Settled>;

/** Resolves labels to versions, models and the state of the knowledge, for one run after the other. */
export function createSettle(parts: {
  readonly graphVersion: string;
  readonly prompts: Pick<PromptRoom, 'resolve' | 'choose' | 'find'>;
  readonly modelOf: (agent: AgentName, run: LedgerRun, prompt: PromptVersion) => string;
  readonly toolVersions: Readonly<Record<string, string>>;
  readonly knowledgeSnapshot: (tenant: string) => Promise<string>;
}): Settle {
  return async (run) => {
    const { resolve, choose, find } = parts.prompts;
    // A run that is resumed goes on with what it began with, wherever the labels point now.
    const settled = run.manifest?.prompts;
    const wanted = run.request.options?.prompts;
    const versionOf = (agent: AgentName) => {
      const named = wanted?.[agent];
      return (
        settled?.[agent] ?? (named === undefined ? choose(agent, run) : resolve(agent, named, run.tenant))
      );
    };
    const prompts = byAgent((agent) => find(agent, versionOf(agent)));
    const versions = byAgent((agent) => prompts[agent].version);
    const unhashed = {
      hash: '',
      prompts: versions,
      promptHashes: byAgent((agent) => prompts[agent].hash),
      models: byAgent((agent) => parts.modelOf(agent, run, prompts[agent])),
      graph: parts.graphVersion,
      tools: { ...parts.toolVersions },
      knowledge: await parts.knowledgeSnapshot(run.tenant),
    };
    return { versions, manifest: withModels(unhashed, {}) };
  };
}

const byAgent = <T>(make: (agent: AgentName) => T) =>
  Object.fromEntries(AGENT_NAMES.map((agent) => [agent, make(agent)])) as Record<AgentName, T>;

/** The manifest with the models that really answered, and its hash anew. */
export function withModels(manifest: Manifest, models: Partial<Record<AgentName, string>>): Manifest {
  const { hash: _, ...rest } = manifest;
  const body = { ...rest, models: { ...rest.models, ...models } };
  return { hash: `sha256:${createHash('sha256').update(JSON.stringify(body)).digest('hex')}`, ...body };
}
