import { accessSync, constants, statSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { asFault, type Fault, fault } from '../../agents/contracts/index.js';
import type { Config } from '../config/config.schema.js';
import { namedModels } from '../config/environment.js';
import { type ModelPrice, priceOf } from './models/prices.js';
import { clientOf } from './models/providers.js';
import { type LabelMove, moveOf, NEWEST_MOVES } from './prompts/label-store.js';
import { loadPrompts, refuseChanged } from './prompts/prompt-book.js';
import { lockDataDir } from './storage/data-dir.js';
import { DATABASE_FILE, inspectDatabaseFile } from './storage/database-file.js';
import { migrations } from './storage/migrations/index.js';

/** One thing that was looked at: what is so, or the fault that a start would end with. */
export type Finding = { readonly detail: string } | { readonly fault: Fault };

export interface DataDirFindings {
  readonly folder: Finding;
  /** Whether another process holds the folder. */
  readonly lock: Finding;
  readonly schema: Finding;
  readonly articles: Finding;
}

/** Looks at a data folder without making, migrating or repairing anything: a start does that. */
export async function inspectDataDir(dir: string): Promise<DataDirFindings> {
  const folder = attempt(() => inspectFolder(dir));
  const file = join(dir, DATABASE_FILE);
  if ('fault' in folder || !statSync(file, { throwIfNoEntry: false })?.size) {
    const detail = 'made at the first start';
    return { folder, lock: { detail: 'free' }, schema: { detail }, articles: { detail } };
  }
  return {
    folder,
    lock: await inspectLock(dir),
    schema: attempt(() => inspectSchema(file)),
    articles: attempt(() => countArticles(file)),
  };
}

/** How long a provider may take to say that it is there. */
const PROBE_MS = 5_000;

export interface ModelFinding {
  readonly spec: string;
  readonly finding: Finding;
  /** By the price list; null where none is known. */
  readonly price: ModelPrice | null;
}

/** Looks whether each model that the configuration names could be asked, without asking it: that would cost. */
export async function inspectModels(config: Config): Promise<readonly ModelFinding[]> {
  const look = async (spec: string): Promise<Finding> => {
    try {
      const client = await clientOf(spec, config);
      return { detail: await client.probe(AbortSignal.timeout(PROBE_MS)) };
    } catch (error) {
      return { fault: asFault(error) };
    }
  };
  const specs = namedModels(config.models);
  return Promise.all(
    specs.map(async (spec) => ({ spec, finding: await look(spec), price: priceOf(spec) ?? null })),
  );
}

/** The labels that were moved in a tenant while hosts ran, read without a lock; none where there is no store yet. */
export function inspectLabelMoves(dir: string, tenant: string): readonly LabelMove[] {
  const file = join(dir, DATABASE_FILE);
  if (!statSync(file, { throwIfNoEntry: false })?.size) return [];
  const hasLabels = all(file, `SELECT 1 FROM sqlite_schema WHERE name = 'prompt_labels'`).length > 0;
  const rows = hasLabels ? all(file, NEWEST_MOVES) : [];
  return rows.filter((row) => row.tenant === tenant).map(moveOf);
}

/** Checks the prompt files against their lock, as a start does. */
export function inspectPrompts(dir: string): Finding {
  return attempt(() => {
    const library = loadPrompts(dir);
    refuseChanged(library);
    const drafts = library.versions.filter(({ state }) => state === 'draft').length;
    return `${library.versions.length} versions, ${drafts > 0 ? `${drafts} of them drafts` : 'as released'}`;
  });
}

function inspectFolder(dir: string): string {
  const found = statSync(dir, { throwIfNoEntry: false });
  if (found && !found.isDirectory())
    throw fault('DATA_DIR_UNUSABLE', { detail: 'A file stands in its place.' });
  try {
    accessSync(found ? dir : nearestFolder(dir), constants.W_OK);
  } catch (cause) {
    throw fault('DATA_DIR_UNUSABLE', { detail: 'This user may not write there.', cause });
  }
  return found ? 'there and writable' : 'made at the first start';
}

function nearestFolder(dir: string): string {
  return statSync(dir, { throwIfNoEntry: false }) || dirname(dir) === dir ? dir : nearestFolder(dirname(dir));
}

async function inspectLock(dir: string): Promise<Finding> {
  try {
    (await lockDataDir(dir)).release();
    return { detail: 'free' };
  } catch (error) {
    return { fault: asFault(error) };
  }
}

function inspectSchema(file: string): string {
  inspectDatabaseFile(file, migrations.at(-1)?.id ?? 0);
  const version = Number(ask(file, 'PRAGMA user_version')?.user_version);
  const pending = migrations.filter(({ id }) => id > version).length;
  return pending === 0
    ? `version ${version}, undamaged`
    : `version ${version}; the next start adds ${pending} steps`;
}

function countArticles(file: string): string {
  const counted = ask(
    file,
    `SELECT count(*) AS all_articles, count(*) FILTER (WHERE source = 'samples') AS samples FROM knowledge_documents`,
  );
  return `${counted?.all_articles} articles, ${counted?.samples} of them samples`;
}

const ask = (file: string, sql: string) => all(file, sql)[0];

function all(file: string, sql: string) {
  const database = new DatabaseSync(file, { readOnly: true });
  try {
    return database.prepare(sql).all();
  } finally {
    database.close();
  }
}

function attempt(look: () => string): Finding {
  try {
    return { detail: look() };
  } catch (error) {
    return { fault: asFault(error) };
  }
}
