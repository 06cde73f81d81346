import { existsSync, readFileSync } from 'node:fs';
import { basename, resolve } from 'node:path';
import { LineCounter, parseDocument } from 'yaml';
import { isLayer, type Layer } from './layers.js';

export const CONFIG_FILE = 'triagent.config.yaml';

/** A problem of the configuration. Messages never repeat a value. */
export interface ConfigProblem {
  readonly path: readonly PropertyKey[];
  readonly message: string;
}

export type Reading<T> = { readonly value: T; readonly problems: readonly ConfigProblem[] };

/** Reads the named configuration file, or the one in the working directory where there is one. */
export function readConfigFile(cwd: string, named: string | undefined): Reading<Layer> {
  const path = resolve(cwd, named ?? CONFIG_FILE);
  if (named === undefined && !existsSync(path)) return { value: {}, problems: [] };
  const { value, problems } = readDataFile(path);
  if (problems.length > 0 || value === null) return { value: {}, problems };
  if (isLayer(value)) return { value, problems };
  return {
    value: {},
    problems: [{ path: [], message: `${basename(path)} does not hold a mapping of keys` }],
  };
}

/** Reads a YAML or JSON file; parser errors are told by line and kind, because their text would show values. */
export function readDataFile(path: string): Reading<unknown> {
  const name = basename(path);
  let text: string;
  try {
    text = readFileSync(path, 'utf8');
  } catch {
    return { value: null, problems: [{ path: [], message: `${name} cannot be read` }] };
  }
  const lineCounter = new LineCounter();
  const document = parseDocument(text, { lineCounter, prettyErrors: false });
  const problems = document.errors.map((error) => ({
    path: [],
    message: `${name} line ${lineCounter.linePos(error.pos[0]).line} is not valid YAML (${error.code})`,
  }));
  if (problems.length > 0) return { value: null, problems };
  try {
    return { value: document.toJS({ maxAliasCount: 100 }), problems };
  } catch {
    return { value: null, problems: [{ path: [], message: `${name} uses too many YAML aliases` }] };
  }
}
