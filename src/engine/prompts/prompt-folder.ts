import { readdirSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { z } from 'zod';
import { AGENT_NAMES, type AgentName, asFault, type Fault, fault } from '../../../agents/contracts/index.js';
import { type PromptTemplate, parsePrompt } from './prompt-template.js';

export const LABELS_FILE = 'labels.json';
export const LOCK_FILE = 'lock.json';
const PROMPT = '.prompt';

const labelsSchema = z.record(z.string(), z.record(z.string(), z.string()));
const lockSchema = z.record(z.string(), z.string());

/** `released`: as its lock says; `changed`: not any more; `draft`: never released. */
export type PromptState = 'released' | 'changed' | 'draft';

export interface PromptVersion extends PromptTemplate {
  readonly name: AgentName;
  readonly state: PromptState;
}

/** A prompt folder as it stands on disk, with all that is wrong about it. */
export interface PromptFolder {
  readonly versions: readonly PromptVersion[];
  /** By agent: label to version. */
  readonly labels: Readonly<Record<string, Readonly<Record<string, string>>>>;
  /** By `name@version`: the hash that was released. */
  readonly lock: Readonly<Record<string, string>>;
  /** Files that cannot be used. */
  readonly problems: readonly Fault[];
  /** Released versions that are changed, gone, or cannot be read any more, as `name@version`. */
  readonly changed: readonly string[];
}

export const keyOf = (name: string, version: string) => `${name}@${version}`;
export const promptFile = (name: string, version: string) => join(name, `${version}${PROMPT}`);
export const examplesFile = (name: string, version: string) => join(name, `${version}.examples.jsonl`);

/**
 * Reads `<agent>/<version>.prompt` with the examples beside it, the partials `_<name>.prompt`, `labels.json` and
 * `lock.json`. A file that cannot be used is a problem among the others, so that one look finds all.
 */
export function readPromptFolder(dir: string): PromptFolder {
  const problems: Fault[] = [];
  const attempt = <T>(absent: T, read: () => T): T => {
    try {
      return read();
    } catch (error) {
      problems.push(asFault(error, 'PROMPT_INVALID'));
      return absent;
    }
  };
  const lock = attempt({}, () => readJson(dir, LOCK_FILE, lockSchema));
  const labels = attempt({}, () => readJson(dir, LABELS_FILE, labelsSchema));
  const partials = attempt(new Map<string, string>(), () => readPartials(dir));
  const stateOf = ({ name, version, hash }: PromptTemplate): PromptState => {
    const released = lock[keyOf(name, version)];
    return released === undefined ? 'draft' : released === hash ? 'released' : 'changed';
  };
  const versions = AGENT_NAMES.flatMap((agent) => {
    const files = attempt([], () => namesOf(join(dir, agent), `The prompts of ${agent}`));
    return files.flatMap((file) =>
      attempt<PromptVersion[]>([], () => {
        const prompt = readVersion(dir, agent, file, partials);
        return [{ ...prompt, name: agent, state: stateOf(prompt) }];
      }),
    );
  });
  const asReleased = new Set(
    versions.flatMap(({ name, version, state }) => (state === 'released' ? keyOf(name, version) : [])),
  );
  problems.push(...labelProblems(labels, versions));
  return {
    versions: versions.sort(
      (a, b) => AGENT_NAMES.indexOf(a.name) - AGENT_NAMES.indexOf(b.name) || byVersion(a, b),
    ),
    labels,
    lock,
    problems,
    changed: Object.keys(lock).filter((key) => !asReleased.has(key)),
  };
}

/** Labels name what runs without anybody's word on it, so each points to something that was released. */
function labelProblems(labels: PromptFolder['labels'], versions: readonly PromptVersion[]): Fault[] {
  const known = new Map(versions.map((prompt) => [keyOf(prompt.name, prompt.version), prompt.state]));
  return Object.entries(labels).flatMap(([name, pointing]) =>
    Object.entries(pointing).flatMap(([label, version]) => {
      const state = known.get(keyOf(name, version));
      // A changed version is told of as such.
      if (state === 'released' || state === 'changed') return [];
      const why = state === 'draft' ? 'is a draft' : 'does not exist';
      const detail = `${LABELS_FILE}: ${label} points to ${keyOf(name, version)}, which ${why}.`;
      return [fault('PROMPT_INVALID', { detail })];
    }),
  );
}

/** What changes whenever a file of the folder does: names, sizes and times, without reading any of them. */
export function folderStamp(dir: string): string {
  return readdirSync(dir, { recursive: true, withFileTypes: true })
    .flatMap((entry) => {
      const path = join(entry.parentPath, entry.name);
      const found = entry.isFile() ? statSync(path, { throwIfNoEntry: false }) : undefined;
      return found ? [`${path}:${found.size}:${found.mtimeMs}`] : [];
    })
    .sort()
    .join('\n');
}

/** Precedence of semantic versions (semver.org §11) without their build part. */
export function byVersion(a: { readonly version: string }, b: { readonly version: string }): number {
  const [core = '', ...preA] = a.version.split('-');
  const [otherCore = '', ...preB] = b.version.split('-');
  const numeric = { numeric: true };
  return (
    core.localeCompare(otherCore, 'en', numeric) ||
    Number(preA.length === 0) - Number(preB.length === 0) ||
    preA.join('-').localeCompare(preB.join('-'), 'en', numeric)
  );
}

function readVersion(
  dir: string,
  agent: AgentName,
  file: string,
  partials: ReadonlyMap<string, string>,
): PromptTemplate {
  const label = `${agent}/${file}`;
  const version = file.slice(0, -PROMPT.length);
  const examples = readText(join(dir, examplesFile(agent, version)), label, 'may be absent');
  const text = readText(join(dir, agent, file), label) ?? '';
  const prompt = parsePrompt(text, label, { partials, examples });
  if (prompt.version !== version || prompt.name !== agent)
    throw fault('PROMPT_INVALID', { detail: `${label} calls itself ${keyOf(prompt.name, prompt.version)}.` });
  return prompt;
}

function readPartials(dir: string): ReadonlyMap<string, string> {
  const files = namesOf(dir, 'The partials').filter((file) => file.startsWith('_'));
  return new Map(files.map((file) => [file.slice(1, -PROMPT.length), readText(join(dir, file), file) ?? '']));
}

function namesOf(dir: string, what: string): string[] {
  try {
    return readdirSync(dir).filter((file) => file.endsWith(PROMPT));
  } catch (cause) {
    throw fault('PROMPT_INVALID', { detail: `${what} cannot be read.`, cause });
  }
}

function readText(path: string, label: string, absence?: 'may be absent'): string | undefined {
  if (absence && !statSync(path, { throwIfNoEntry: false })) return undefined;
  try {
    return readFileSync(path, 'utf8');
  } catch (cause) {
    throw fault('PROMPT_INVALID', { detail: `${label} cannot be read.`, cause });
  }
}

function readJson<T>(dir: string, file: string, schema: z.ZodType<T>): T {
  try {
    return schema.parse(JSON.parse(readFileSync(join(dir, file), 'utf8')));
  } catch (cause) {
    throw fault('PROMPT_INVALID', { detail: `${file} cannot be read.`, cause });
  }
}
