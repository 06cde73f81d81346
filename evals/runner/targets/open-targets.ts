import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fault, type Principal } from '../../../agents/contracts/index.js';
import type { Config } from '../../../src/config/config.schema.js';
import type { Runtime } from '../../../src/engine/runtime.js';
import { httpTarget } from './http.target.js';
import { retrievalTarget } from './retrieval.target.js';
import type { TargetSettings, Targets, World } from './target.contract.js';
import { triageTarget } from './triage.target.js';

export interface Place {
  readonly config: Config;
  /** False measures on a folder of its own with the samples, which is gone afterwards. */
  readonly isOwnData: boolean;
  readonly tenant: string;
  readonly world: World;
}

/** Everything that versions of one suite are measured on. The engine is started only where a case needs it. */
export function openTargets(settings: TargetSettings, { config, isOwnData, tenant, world }: Place): Targets {
  const principal: Principal = { id: 'eval', tenant, groups: [], role: 'operator' };
  let opened: Promise<{ runtime: Runtime; close: () => Promise<void> }> | undefined;
  const engine = async () => {
    opened ??= isOwnData ? openRuntime(config) : openTemporary(config);
    return (await opened).runtime;
  };
  return {
    async of(version) {
      if (settings.kind === 'http') return httpTarget(settings, version, world);
      if (settings.kind === 'triage') return triageTarget(settings, version, await engine(), principal);
      if (version)
        throw fault('USAGE', {
          detail: '--compare: search has no versions; compare agents with another suite.',
        });
      return retrievalTarget(settings, await engine(), principal, world);
    },
    close: async () => (await opened)?.close(),
  };
}

async function openRuntime(config: Config) {
  const { createRuntime } = await import('../../../src/engine/runtime.js');
  const runtime = await createRuntime({ config });
  return { runtime, close: () => runtime.close() };
}

async function openTemporary(config: Config) {
  const dir = await mkdtemp(join(tmpdir(), 'triagent-eval-'));
  const remove = () => rm(dir, { recursive: true, force: true });
  try {
    const { runtime, close } = await openRuntime({ ...config, data: { dir } });
    return { runtime, close: () => close().finally(remove) };
  } catch (error) {
    await remove();
    throw error;
  }
}
