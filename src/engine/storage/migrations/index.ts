import { checkpoints } from './0002-checkpoints.js';
import type { Migration } from './migration.js';

export type { Migration } from './migration.js';

/** Every step of the schema, in ascending order. */
export const migrations: readonly Migration[] = [checkpoints];
