import { copyFileSync, existsSync, renameSync, writeFileSync } from 'node:fs';
import { join, sep } from 'node:path';
import { isMap, parseDocument } from 'yaml';
import { AGENT_NAMES, type AgentName, fault } from '../../../agents/contracts/index.js';
import { splitFile, VERSION } from './front-matter.js';
import { loadPrompts } from './prompt-book.js';
import {
  byVersion,
  examplesFile,
  keyOf,
  LABELS_FILE,
  LOCK_FILE,
  type PromptVersion,
  promptFile,
  readPromptFolder,
} from './prompt-folder.js';
import { refuseUnreleased } from './prompt-view.js';

export {
  LABELS_FILE,
  LOCK_FILE,
  type PromptFolder,
  type PromptVersion,
  readPromptFolder,
} from './prompt-folder.js';
export { detailOf, entryOf, heldLabels } from './prompt-view.js';
export { diffTexts, type Segment } from './text-diff.js';

const CHANGELOG = 'triagent.changelog';

/** Points a label of `labels.json` to a released version. @throws `VALIDATION_FAILED`, `PROMPTS_READONLY` */
export function labelVersion(dir: string, name: AgentName, version: string, label: string): void {
  const { versions, labels } = loadPrompts(dir);
  refuseUnreleased(name, version, versions);
  writeJson(dir, LABELS_FILE, { ...labels, [name]: { ...labels[name], [label]: version } });
}

/**
 * Makes a draft a release: its hash enters `lock.json`, and from then on it never changes.
 * @throws `PROMPT_NOT_FOUND`, `CONFLICT` where it is released already, `PROMPT_INVALID` where it does not say what is new
 */
export function releaseVersion(dir: string, name: AgentName, version: string): PromptVersion {
  const { lock } = readPromptFolder(dir);
  const found = loadPrompts(dir).find(name, version);
  const key = keyOf(name, version);
  if (found.state !== 'draft')
    throw fault('CONFLICT', { detail: `${key} is released already.`, next: 'Make a new version.' });
  if (found.changelog.trim() === '')
    throw fault('PROMPT_INVALID', {
      detail: `${key} does not say what is new.`,
      next: `Say it in \`${CHANGELOG}\` of its front matter.`,
    });
  writeJson(dir, LOCK_FILE, { ...lock, [key]: found.hash });
  return { ...found, state: 'released' };
}

/**
 * Copies the newest version of a prompt, with the examples beside it, as a draft.
 * @returns the path of the new file
 * @throws `USAGE` where the version is none, `CONFLICT` where it exists
 */
export function draftVersion(dir: string, name: AgentName, version: string): string {
  if (!VERSION.test(version)) throw fault('USAGE', { detail: `“${version}” is no version such as 1.2.0.` });
  const newest = loadPrompts(dir)
    .versions.filter((known) => known.name === name)
    .sort(byVersion)
    .at(-1);
  if (!newest) throw fault('PROMPT_NOT_FOUND', { detail: `There is no prompt ${name}.` });
  const path = join(dir, promptFile(name, version));
  if (existsSync(path)) throw fault('CONFLICT', { detail: `${keyOf(name, version)} exists.` });
  const { head, body } = splitFile(newest.text);
  const meta = parseDocument(head);
  if (isMap(meta.contents)) {
    meta.set('version', version);
    meta.set(CHANGELOG, '');
  }
  const examples = join(dir, examplesFile(name, newest.version));
  write(dir, () => {
    if (existsSync(examples)) copyFileSync(examples, join(dir, examplesFile(name, version)));
    replaceFile(path, `---\n${meta.toString({ lineWidth: 0 })}---\n${body}`);
  });
  return path;
}

/** An agent's name and what stands behind its `@`. @throws `USAGE` */
export function parseReference(text: string): { readonly name: AgentName; readonly wanted: string } {
  const [named, wanted = '', ...more] = text.split('@');
  const name = AGENT_NAMES.find((known) => known === named);
  if (!name || wanted === '' || more.length > 0)
    throw fault('USAGE', { detail: `“${text}” is not NAME@VERSION; names are ${AGENT_NAMES.join(', ')}.` });
  return { name, wanted };
}

const writeJson = (dir: string, file: string, value: unknown) =>
  write(dir, () => replaceFile(join(dir, file), `${JSON.stringify(value, null, 2)}\n`));

/** Whole or not at all: a reader never sees half a file. */
function replaceFile(path: string, text: string): void {
  writeFileSync(`${path}.new`, text);
  renameSync(`${path}.new`, path);
}

function write(dir: string, perform: () => void): void {
  if (dir.split(sep).includes('node_modules'))
    throw fault('PROMPTS_READONLY', { detail: 'These prompts belong to an installed package.' });
  try {
    perform();
  } catch (cause) {
    throw fault('PROMPTS_READONLY', { cause });
  }
}
