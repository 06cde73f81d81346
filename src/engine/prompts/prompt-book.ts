import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { z } from 'zod';
import { AGENT_NAMES, type AgentName, fault } from '../../../agents/contracts/index.js';
import type { PromptBook } from '../../../agents/ports.js';
import { type PromptTemplate, parsePrompt } from './prompt-template.js';

const labelsSchema = z.record(z.string(), z.record(z.string(), z.string()));
const lockSchema = z.record(z.string(), z.string());

export interface PromptLibrary extends PromptBook {
  /** The version that a label, an exact version or (without either) `production` names. @throws `PROMPT_NOT_FOUND` */
  resolve(agent: AgentName, wanted?: string): string;
  readonly prompts: readonly PromptTemplate[];
  /** Released versions, as `name@version`. */
  readonly released: readonly string[];
  /** Released files that differ from `lock.json`, as `name@version`. */
  readonly changed: readonly string[];
}

/**
 * Reads all prompt files of a folder once: `<agent>/<version>.prompt`, `labels.json` and `lock.json`.
 * @throws `PROMPT_INVALID` naming the file that cannot be used
 */
export function loadPrompts(dir: string): PromptLibrary {
  const prompts = AGENT_NAMES.flatMap((agent) => versionsOf(dir, agent));
  const byKey = new Map(prompts.map((prompt) => [`${prompt.name}@${prompt.version}`, prompt]));
  const labels = readJson(join(dir, 'labels.json'), labelsSchema);
  const lock = readJson(join(dir, 'lock.json'), lockSchema);
  const find = (agent: AgentName, version: string) => {
    const found = byKey.get(`${agent}@${version}`);
    if (!found) throw fault('PROMPT_NOT_FOUND', { detail: `There is no prompt ${agent}@${version}.` });
    return found;
  };
  return {
    prompts,
    released: Object.keys(lock),
    changed: Object.entries(lock).flatMap(([key, hash]) => (byKey.get(key)?.hash === hash ? [] : [key])),
    resolve: (agent, wanted = 'production') => find(agent, labels[agent]?.[wanted] ?? wanted).version,
    render(agent, variables, run) {
      const { name, version, hash, render } = find(agent, run.prompts[agent]);
      return { name: agentOf(name), version, hash, messages: render(variables) };
    },
    takes: (agent, variable, run) => find(agent, run.prompts[agent]).variables.has(variable),
  };
}

const agentOf = (name: string): AgentName => {
  const agent = AGENT_NAMES.find((known) => known === name);
  if (!agent) throw fault('PROMPT_NOT_FOUND', { detail: `There is no agent ${name}.` });
  return agent;
};

function versionsOf(dir: string, agent: AgentName): PromptTemplate[] {
  let files: string[];
  try {
    files = readdirSync(join(dir, agent)).filter((file) => file.endsWith('.prompt'));
  } catch (cause) {
    throw fault('PROMPT_INVALID', { detail: `The prompts of ${agent} cannot be read.`, cause });
  }
  return files.sort().map((file) => {
    const prompt = parsePrompt(readFileSync(join(dir, agent, file), 'utf8'), `${agent}/${file}`);
    if (`${prompt.version}.prompt` !== file || prompt.name !== agent)
      throw fault('PROMPT_INVALID', {
        detail: `${agent}/${file} calls itself ${prompt.name}@${prompt.version}.`,
      });
    return prompt;
  });
}

function readJson<T>(path: string, schema: z.ZodType<T>): T {
  try {
    return schema.parse(JSON.parse(readFileSync(path, 'utf8')));
  } catch (cause) {
    throw fault('PROMPT_INVALID', { detail: `${path.split('/').at(-1)} cannot be read.`, cause });
  }
}
