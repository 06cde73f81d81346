import { type AgentName, fault } from '../../../agents/contracts/index.js';
import type { PromptBook } from '../../../agents/ports.js';
import { keyOf, type PromptFolder, type PromptVersion, readPromptFolder } from './prompt-folder.js';

/** The label that holds where a run names none. */
export const DEFAULT_LABEL = 'production';

export interface PromptLibrary extends PromptBook {
  /** The version that a label, an exact version or (without either) `production` names. @throws `PROMPT_NOT_FOUND` */
  resolve(agent: AgentName, wanted?: string): string;
  /** @throws `PROMPT_NOT_FOUND` */
  find(agent: string, version: string): PromptVersion;
  readonly versions: readonly PromptVersion[];
  readonly labels: PromptFolder['labels'];
  /** Released files that differ from `lock.json`, as `name@version`. */
  readonly changed: readonly string[];
}

/**
 * Reads all prompt files of a folder once.
 * @throws `PROMPT_INVALID` naming the file that cannot be used
 */
export function loadPrompts(dir: string): PromptLibrary {
  const { versions, labels, changed, problems } = readPromptFolder(dir);
  const [problem] = problems;
  if (problem) throw problem;
  const byKey = new Map(versions.map((prompt) => [keyOf(prompt.name, prompt.version), prompt]));
  const find = (agent: string, version: string) => {
    const found = byKey.get(keyOf(agent, version));
    if (!found) throw fault('PROMPT_NOT_FOUND', { detail: `There is no prompt ${keyOf(agent, version)}.` });
    return found;
  };
  const inFile = (agent: AgentName, label: string) => {
    const own = labels[agent] ?? {};
    return Object.hasOwn(own, label) ? own[label] : undefined;
  };
  return {
    versions,
    labels,
    changed,
    find,
    resolve: (agent, wanted = DEFAULT_LABEL) => find(agent, inFile(agent, wanted) ?? wanted).version,
    render(agent, variables, run) {
      const { name, version, hash, retrieval, render } = find(agent, run.prompts[agent]);
      return { name, version, hash, retrieval, messages: render(variables) };
    },
    takes: (agent, variable, run) => find(agent, run.prompts[agent]).variables.has(variable),
  };
}

/** @throws `PROMPT_INVALID` where a released file is not what was released */
export function refuseChanged({ changed }: Pick<PromptLibrary, 'changed'>): void {
  if (changed.length === 0) return;
  throw fault('PROMPT_INVALID', {
    detail: `Released prompts were changed: ${changed.join(', ')}.`,
    next: 'Put the files back, and give the change a new version.',
  });
}
