import { isFault, type Principal } from '../../../agents/contracts/index.js';
import type { Runtime } from '../../../src/engine/runtime.js';
import type { Target, TargetSettings, World } from './target.contract.js';

type RetrievalSettings = Extract<TargetSettings, { kind: 'retrieval' }>;

/** Search alone: the case's question, and the documents that it finds. */
export async function retrievalTarget(
  settings: RetrievalSettings,
  runtime: Runtime,
  principal: Principal,
  world: World,
): Promise<Target> {
  const { knowledge } = runtime;
  return {
    fingerprint: JSON.stringify([settings, await knowledge.stats(principal)]),
    async run({ vars }) {
      const begin = world.now();
      const text = [vars.query ?? vars.question, vars.subject, vars.body]
        .filter((part) => typeof part === 'string')
        .join('\n');
      try {
        const hits = await knowledge.search({ text, k: settings.k }, principal);
        const ranked = [...new Set(hits.map(({ docId }) => docId))];
        return { output: ranked.join('\n'), ranked, costUsd: 0, latencyMs: Math.round(world.now() - begin) };
      } catch (error) {
        const reason = isFault(error) ? error.detail : String(error);
        return { output: '', costUsd: 0, latencyMs: Math.round(world.now() - begin), error: reason };
      }
    },
  };
}
