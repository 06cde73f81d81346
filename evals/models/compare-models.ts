import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Config } from '../../src/config/config.schema.js';
import type { Runtime } from '../../src/engine/runtime.js';
import { readSampleTickets } from '../samples/sample-tickets.js';
import { type Solved, solve } from '../samples/solve.js';
import { type ModelScores, scoresOf } from './model-scores.js';

const NO_FALLBACKS = { unavailable: [], context: [], content: [], output: [] };

export interface Comparison {
  /** Providers, timeouts and budgets come from here; its data folder is left alone. */
  readonly config: Config;
  readonly models: readonly string[];
  /** Spread evenly over the suite; all tickets where absent. */
  readonly limit?: number | undefined;
  readonly onProgress: (done: number, total: number) => void;
}

/**
 * Puts the unsolved sample tickets to each model, every agent on the same one, in a data folder of its own. The models take
 * turns ticket by ticket, so that a slow hour strikes all of them; nothing stands in for one that fails, and nothing is
 * taken from a cache.
 */
export async function compareModels({
  config,
  models,
  limit,
  onProgress,
}: Comparison): Promise<ModelScores[]> {
  const tickets = spread(readSampleTickets(), limit);
  const benches: Bench[] = [];
  try {
    for (const model of models) benches.push(await openBench(config, model));
    let done = 0;
    for (const ticket of tickets) {
      for (const { runtime, solved } of benches) {
        solved.push(await solve(runtime, ticket));
        done += 1;
        onProgress(done, tickets.length * models.length);
      }
    }
    return benches.map(({ model, solved }) => scoresOf(model, solved));
  } finally {
    for (const { close } of benches) await close();
  }
}

/** One model with an engine that knows no other. */
interface Bench {
  readonly model: string;
  readonly runtime: Runtime;
  readonly solved: Solved[];
  readonly close: () => Promise<void>;
}

async function openBench(config: Config, model: string): Promise<Bench> {
  const dir = await mkdtemp(join(tmpdir(), 'triagent-models-'));
  const remove = () => rm(dir, { recursive: true, force: true });
  const alone = { default: model, agents: {}, cache: 'none' as const, fallbacks: NO_FALLBACKS };
  const models = { ...config.models, ...alone };
  try {
    // The engine is heavy, and most of what enters by this door never starts it.
    const { createRuntime } = await import('../../src/engine/runtime.js');
    const runtime = await createRuntime({ config: { ...config, data: { dir }, samples: true, models } });
    const close = async () => {
      await runtime.close();
      await remove();
    };
    return { ...{ model, runtime, close }, solved: [] };
  } catch (error) {
    await remove();
    throw error;
  }
}

/** `limit` items, evenly from all of them. */
function spread<Item>(items: readonly Item[], limit = items.length): readonly Item[] {
  const step = items.length / Math.min(limit, items.length);
  return Array.from(
    { length: Math.min(limit, items.length) },
    (_, index) => items[Math.floor(index * step)],
  ).filter((item) => item !== undefined);
}
