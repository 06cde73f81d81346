import { createHash } from 'node:crypto';
import { join } from 'node:path';
import { isFault } from '../../agents/contracts/index.js';
import { createSupportGraph, GRAPH_VERSION, TOOL_VERSIONS } from '../../agents/index.js';
import type { ChatModels, Clock } from '../../agents/ports.js';
import type { Config } from '../config/config.schema.js';
import { packageRoot } from '../config/package-root.js';
import { openEmbeddingModel } from './knowledge/embeddings/open-model.js';
import { createKnowledgeRoom } from './knowledge/knowledge-room.js';
import { readSampleTaxonomy } from './knowledge/samples.js';
import { qualityPicture } from './learning/quality-picture.js';
import { createChatModels } from './models/chat-models.js';
import { createModelRouter } from './models/model-router.js';
import { clearReplyCache, createReplyCache } from './models/reply-cache.js';
import { createUsageCounters } from './models/usage-counters.js';
import { createNetwork } from './network/egress-gate.js';
import { readExtraRoots } from './network/extra-roots.js';
import { openExperiments } from './prompts/experiments.js';
import { openLabelStore } from './prompts/label-store.js';
import { createPromptRoom } from './prompts/prompt-room.js';
import { openPromptShelf } from './prompts/prompt-shelf.js';
import { createRuns } from './runs/admission.js';
import { createEventLog } from './runs/event-log.js';
import { createExecutor } from './runs/executor.js';
import { createSettle } from './runs/manifest.js';
import { orderedCheckpoints } from './runs/ordered-checkpoints.js';
import { quietTracing } from './runs/quiet-tracing.js';
import { createRequestCheck } from './runs/request-check.js';
import { createScheduler } from './runs/scheduler.js';
import { createThreads } from './runs/threads.js';
import { createTranscript } from './runs/transcript-store.js';
import type { Events, Health, Runtime } from './runtime.contract.js';
import { checkpointCleanup, createCheckpointer } from './storage/checkpointer.js';
import { lockDataDir } from './storage/data-dir.js';
import { DATABASE_FILE } from './storage/database-file.js';
import { createLedger } from './storage/ledger.js';
import { openDatabase } from './storage/open-database.js';
import { createTriageDesk } from './triage/triage-desk.js';

export type * from './runtime.contract.js';

const DRAIN_MS = 8_000;
const SAMPLES = join(packageRoot(), 'samples');

const systemClock: Clock = { now: () => Date.now(), monotonic: () => performance.now() };

export interface RuntimeOptions {
  readonly config: Config;
  /** What operators should know; silent by default. */
  readonly warn?: (message: string, error?: unknown) => void;
  /** Progress of loading the samples at a first start. */
  readonly onProgress?: (done: number, total: number) => void;
  /** Replaces the configured models: a scripted one for tests and benchmarks. */
  readonly models?: ChatModels;
  /** Addresses that tools must never reach: the host's own listeners. */
  readonly ownListeners?: () => readonly { host: string; port: number }[];
}

/**
 * The engine's door and the only place that names its adapters. Locks the data folder, opens the store, loads prompts and
 * samples, and takes up every run that the last process left behind.
 * @throws `DATA_DIR_LOCKED`, `STORE_DAMAGED`, `STORE_SCHEMA_NEWER`, `PROMPT_INVALID` … with nothing changed
 */
export async function createRuntime(options: RuntimeOptions): Promise<Runtime> {
  const { config, warn = () => undefined } = options;
  quietTracing();
  const clock = systemClock;
  const shelf = openPromptShelf({ reload: false, ...config.prompts, warn });
  const lock = await lockDataDir(config.data.dir);
  try {
    const { embeddings } = config.knowledge;
    const embedding = embeddings === 'none' ? undefined : await openEmbeddingModel(embeddings);
    const database = await openDatabase({ dir: config.data.dir });
    const router = createModelRouter(config);
    const counters = createUsageCounters();
    const keepsReplies = config.models.cache === 'exact';
    if (!keepsReplies) await clearReplyCache(database);
    const experiments = await openExperiments({ database, shelf, now: clock.now });
    const labels = await openLabelStore(database);
    const prompts = createPromptRoom({ shelf, labels, experiments, now: clock.now });
    const transcript = createTranscript(database);
    const log = createEventLog(database, transcript, clock.now);
    const ledger = createLedger(database);
    const checkpointer = createCheckpointer(orderedCheckpoints(database, log), { pendingWrites: 'control' });
    const taxonomy = config.taxonomy ?? (config.samples ? await readSampleTaxonomy(SAMPLES) : undefined);
    const room = createKnowledgeRoom({
      database,
      clock,
      samplesDir: SAMPLES,
      ...(embedding && { embedding: { model: embedding, file: join(config.data.dir, DATABASE_FILE) } }),
      ...(taxonomy && { taxonomy }),
    });
    const graph = createSupportGraph(
      {
        models:
          options.models ??
          createChatModels({
            ...{ ...router, ...config.models, counters },
            ...(keepsReplies && { replies: createReplyCache(database, clock.now) }),
            settingsFor: (agent, run) => prompts.find(agent, run.prompts[agent]).settings,
          }),
        knowledge: room.knowledge,
        tickets: room.tickets,
        prompts: shelf.book,
        network: createNetwork({
          enabled: config.tools.network,
          estate: config.estate.allow,
          extraRoots: readExtraRoots(config.tools.extraRoots),
          ...(options.ownListeners && { ownListeners: options.ownListeners }),
        }),
        clock,
        hash: (text) => `sha256:${createHash('sha256').update(text).digest('hex')}`,
      },
      checkpointer,
    );
    const settle = createSettle({
      graphVersion: GRAPH_VERSION,
      prompts,
      modelOf: (agent, run, { settings }) =>
        run.request.options?.models?.[agent] ?? settings.model ?? router.specs[agent],
      toolVersions: TOOL_VERSIONS,
      knowledgeSnapshot: room.snapshot,
    });
    const execute = createExecutor({
      graph,
      settle,
      load: ({ runId, tenant }) => ledger.byId(runId, tenant),
      database,
      log,
      transcript,
      limits: config.limits,
      checkpointCleanup,
      hasCheckpoint: async (runId) =>
        Boolean(await checkpointer.getTuple({ configurable: { thread_id: runId } })),
      now: clock.now,
      warn,
    });
    const scheduler = createScheduler(execute);
    const admission = createRuns({
      database,
      ledger,
      log,
      transcript,
      scheduler,
      graphVersion: GRAPH_VERSION,
      settle,
      checkRequest: createRequestCheck({ resolvePrompt: prompts.resolve, checkModel: router.check }),
      checkpointCleanup,
      now: clock.now,
    });
    if (config.samples) await room.desk.samples('load', options.onProgress);
    router.warmUp().catch((error: unknown) => warn('A model cannot be made ready.', error));
    room.renewVectors().catch((error: unknown) => warn('Some documents have no vectors yet.', error));
    await admission.recover();

    const threads = createThreads({
      database,
      transcript,
      log,
      scheduler,
      now: clock.now,
      cancelAll: async ({ threadId }, principal) => {
        for (const run of await admission.runs.list(threadId, { limit: 1_000, offset: 0 }, principal))
          if (run.outcome === null) await admission.runs.cancel(run.runId, principal);
      },
    });

    return {
      runs: admission.runs,
      threads,
      events: eventsOf(log, ledger),
      knowledge: room.desk,
      triage: createTriageDesk({
        database,
        ledger,
        transcript,
        runs: admission.runs,
        learn: room.desk.learn,
        learned: room.learning.summary,
        now: clock.now,
      }),
      learning: {
        retrain: ({ tenant }, retraining) => room.learning.retrain(tenant, retraining),
        predict: (text, { tenant }) => room.learning.predict(tenant, text),
        picture: async ({ tenant }) => qualityPicture(await room.learning.summary(tenant)),
      },
      prompts: prompts.desk,
      experiments: experiments.desk,
      health: healthOf(),
      taxonomy: ({ tenant }) => room.taxonomy(tenant),
      models: router.specs,
      async close({ drainMs = DRAIN_MS } = {}) {
        admission.drain();
        await scheduler.stop(drainMs);
        await room.close();
        await database.close();
        lock.release();
      },
    };

    function healthOf(): Health {
      return {
        async checks() {
          const stored = await database.commit([{ sql: 'SELECT 1' }]).then(
            () => ({ ok: true, detail: 'reads and writes' }),
            (error: unknown) => ({ ok: false, detail: isFault(error) ? error.code : 'does not answer' }),
          );
          return [
            { name: 'store', ...stored },
            { name: 'models', ok: true, detail: [...new Set(Object.values(router.specs))].join(', ') },
            { name: 'prompts', ok: true, detail: `${shelf.read().versions.length} versions` },
          ];
        },
        gauges: () => ({ ...scheduler.counts(), feeds: log.feeds() }),
        usage: ({ tenant }) => counters.of(tenant),
      };
    }
  } catch (error) {
    lock.release();
    throw error;
  }
}

function eventsOf(log: ReturnType<typeof createEventLog>, ledger: ReturnType<typeof createLedger>): Events {
  return {
    async follow(threadId, since, onEvents, { tenant }) {
      const key = { tenant, threadId };
      if (since !== null) return log.follow(key, since, onEvents);
      return log.follow(
        key,
        await log.beforeCurrentRun(key, () => ledger.currentOf(threadId, tenant)),
        onEvents,
      );
    },
    async seqOf(threadId, eventId, { tenant }) {
      return log.seqOf({ tenant, threadId }, eventId);
    },
    lastSeq: (threadId, { tenant }) => log.lastSeq({ tenant, threadId }),
    startOf: (threadId, runId, { tenant }) => log.startOf({ tenant, threadId }, runId),
    endOf: (threadId, runId, { tenant }) => log.endOf({ tenant, threadId }, runId),
  };
}
