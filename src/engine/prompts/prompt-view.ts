import { createHash } from 'node:crypto';
import { type AgentName, fault } from '../../../agents/contracts/index.js';
import type { LabelMove } from './label-store.js';
import type { PromptFolder, PromptVersion } from './prompt-folder.js';
import type { PromptDetail, PromptEntry, PromptLabel, PromptSummary } from './prompts.contract.js';

/** A label as it holds, with the move that made it so; absent where the file does. */
export type HeldLabel = PromptLabel & { readonly move: LabelMove | undefined };

/** A label of the file, or as it was moved last. */
export function heldLabel(label: string, fileVersion: string | null, move?: LabelMove): HeldLabel {
  const version = move?.version ?? fileVersion ?? '';
  return {
    label,
    version,
    heldBy: move ? 'store' : 'file',
    fileVersion,
    by: move?.by ?? null,
    at: move ? new Date(move.at).toISOString() : null,
    etag: etagOf([label, version, move?.number ?? 0]),
    move,
  };
}

const etagOf = (state: readonly unknown[]) =>
  createHash('sha256').update(JSON.stringify(state)).digest('base64url').slice(0, 16);

/** All labels of a prompt by name: those of the file, and in their place those that were moved. */
export function heldLabels(
  agent: AgentName,
  { labels }: Pick<PromptFolder, 'labels'>,
  moves: readonly LabelMove[],
): ReadonlyMap<string, HeldLabel> {
  const file = new Map(Object.entries(labels[agent] ?? {}));
  return new Map([
    ...[...file].map(([label, version]) => [label, heldLabel(label, version)] as const),
    ...moves.map((move) => [move.label, heldLabel(move.label, file.get(move.label) ?? null, move)] as const),
  ]);
}

export const publicLabel = ({ move: _, ...label }: HeldLabel): PromptLabel => label;

const summaryOf = ({ version, state, hash, description, changelog }: PromptVersion): PromptSummary => ({
  ...{ version, state, hash, description, changelog },
});

export const entryOf = (
  name: AgentName,
  versions: readonly PromptVersion[],
  labels: ReadonlyMap<string, HeldLabel>,
): PromptEntry => ({
  name,
  versions: versions.filter((version) => version.name === name).map(summaryOf),
  labels: [...labels.values()].map(publicLabel),
});

export const detailOf = (prompt: PromptVersion, labels: ReadonlyMap<string, HeldLabel>): PromptDetail => ({
  name: prompt.name,
  ...summaryOf(prompt),
  labels: [...labels.values()].flatMap(({ label, version }) => (version === prompt.version ? [label] : [])),
  text: prompt.text,
  variables: [...prompt.variables],
  settings: prompt.settings,
  retrieval: { ...prompt.retrieval },
  partials: prompt.partials,
  examples: prompt.examples,
});

/** @throws `VALIDATION_FAILED` where a version does not exist or may not be labelled */
export function refuseUnreleased(name: AgentName, version: string, versions: readonly PromptVersion[]): void {
  const found = versions.find((known) => known.name === name && known.version === version);
  if (found?.state === 'released') return;
  const message =
    found === undefined
      ? 'does not exist'
      : found.state === 'draft'
        ? 'is a draft'
        : 'was changed since its release';
  throw fault('VALIDATION_FAILED', {
    detail: `Version ${version} of ${name} ${message}.`,
    errors: [{ pointer: '/version', message }],
    next: 'Name a released version; `triagent prompts list` shows them.',
  });
}
