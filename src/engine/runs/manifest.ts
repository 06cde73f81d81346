import { createHash } from 'node:crypto';
import type { AgentName, Manifest } from '../../../agents/contracts/index.js';

/** The manifest with the models that really answered, and its hash anew. */
export function withModels(manifest: Manifest, models: Partial<Record<AgentName, string>>): Manifest {
  const { hash: _, ...rest } = manifest;
  const body = { ...rest, models: { ...rest.models, ...models } };
  return { hash: `sha256:${createHash('sha256').update(JSON.stringify(body)).digest('hex')}`, ...body };
}
