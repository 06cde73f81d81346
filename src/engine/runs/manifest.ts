import { createHash } from 'node:crypto';
import { AGENT_NAMES, type AgentName, type Manifest } from '../../../agents/contracts/index.js';
import type { PromptLibrary } from '../prompts/prompt-book.js';
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
  readonly prompts: PromptLibrary;
  readonly modelOf: (agent: AgentName, run: LedgerRun) => string;
  readonly toolVersions: Readonly<Record<string, string>>;
  readonly knowledgeSnapshot: (tenant: string) => Promise<string>;
}): Settle {
  return async (run) => {
    const { prompts } = run.request.options ?? {};
    const versions = Object.fromEntries(
      AGENT_NAMES.map((agent) => [agent, parts.prompts.resolve(agent, prompts?.[agent])]),
    ) as Record<AgentName, string>;
    const unhashed = {
      hash: '',
      prompts: versions,
      models: Object.fromEntries(AGENT_NAMES.map((agent) => [agent, parts.modelOf(agent, run)])),
      graph: parts.graphVersion,
      tools: { ...parts.toolVersions },
      knowledge: await parts.knowledgeSnapshot(run.tenant),
    };
    return { versions, manifest: withModels(unhashed, {}) };
  };
}

/** The manifest with the models that really answered, and its hash anew. */
export function withModels(manifest: Manifest, models: Partial<Record<AgentName, string>>): Manifest {
  const { hash: _, ...rest } = manifest;
  const body = { ...rest, models: { ...rest.models, ...models } };
  return { hash: `sha256:${createHash('sha256').update(JSON.stringify(body)).digest('hex')}`, ...body };
}
