import { runs } from './0001-runs.js';
import { checkpoints } from './0002-checkpoints.js';
import { knowledge } from './0003-knowledge.js';
import { triage } from './0004-triage.js';
import { incoming } from './0005-incoming.js';
import { vectors } from './0006-vectors.js';
import { promptLabels } from './0007-prompt-labels.js';
import { classifiers } from './0008-classifiers.js';
import { modelReplies } from './0009-model-replies.js';
import { promptExperiments } from './0010-prompt-experiments.js';
import type { Migration } from './migration.js';

export type { Migration } from './migration.js';

/** Every step of the schema, in ascending order. */
export const migrations: readonly Migration[] = [
  runs,
  checkpoints,
  knowledge,
  triage,
  incoming,
  vectors,
  promptLabels,
  classifiers,
  modelReplies,
  promptExperiments,
];
