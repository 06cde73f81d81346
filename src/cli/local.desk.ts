import { randomUUID } from 'node:crypto';
import { fault, type Principal } from '../../agents/contracts/index.js';
import type { Config } from '../config/config.schema.js';
import { createRuntime, type Runtime } from '../engine/runtime.js';
import type { Desk } from './desk.contract.js';
import { framesOfRun, readFrame } from './frame.js';
import type { Output } from './output.js';

/** Whoever runs the command owns the data folder. */
export const localPrincipal = (tenant: string): Principal => ({
  id: 'local',
  tenant,
  groups: [],
  role: 'operator',
});

/** Starts the engine for one command; a first start shows how the samples are loaded. */
export async function startRuntime(config: Config, output: Output): Promise<Runtime> {
  const bar = output.progress('loading samples');
  try {
    return await createRuntime({
      config,
      onProgress: bar.update,
      warn: (message) => output.note(`warning: ${message}`),
    });
  } finally {
    bar.finish();
  }
}

/** The engine in this process. @throws `DATA_DIR_LOCKED` that names `--url`, and what {@link createRuntime} refuses */
export async function openLocalDesk(config: Config, tenant: string, output: Output): Promise<Desk> {
  const runtime = await startRuntime(config, output);
  const principal = localPrincipal(tenant);
  return {
    async ask({ text, threadId, collection, attachments }, onFrame) {
      const run = await runtime.runs.start(
        {
          ...(threadId !== undefined && { threadId }),
          request: {
            messages: [{ id: randomUUID(), type: 'human', content: text }],
            attachments,
            options: collection === undefined ? {} : { collection },
          },
        },
        principal,
      );
      const { promise: ended, resolve } = Promise.withResolvers<void>();
      const take = framesOfRun(run.runId, onFrame, resolve);
      const feed = await runtime.events.follow(
        run.threadId,
        run.seq,
        (events) => {
          for (const { json } of events) {
            const frame = readFrame(json);
            if (frame) take(json, frame);
          }
        },
        principal,
      );
      return {
        threadId: run.threadId,
        runId: run.runId,
        ended: ended.finally(() => feed.close()),
        cancel: () => runtime.runs.cancel(run.runId, principal),
      };
    },
    ingest: (articles, options) => runtime.knowledge.add(articles, options, principal),
    search: ({ text, k, collection, explain }) =>
      runtime.knowledge.search(
        { text, k, explain, ...(collection !== undefined && { collection }) },
        principal,
      ),
    async triage({ request: { options, ...ticket }, idempotencyKey, goesOn }, signal) {
      const start = { ticket, idempotencyKey, ...(options && { options }) };
      const { id } = await runtime.triage.start(start, principal);
      const { result } = await runtime.triage.join(id, principal, signal).catch(async (error: unknown) => {
        if (signal.aborted && !goesOn) await runtime.triage.cancel(id, principal);
        throw error;
      });
      if (!result) throw fault('INTERNAL', { detail: `Triage ${id} has ended without a result.` });
      return result;
    },
    learn: (tickets) => runtime.knowledge.learn(tickets, principal),
    retrain: (onProgress) => runtime.learning.retrain(principal, { onProgress }),
    quality: () => runtime.triage.quality(principal),
    qualityPicture: () => runtime.learning.picture(principal),
    close: () => runtime.close(),
  };
}
