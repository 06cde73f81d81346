import { setTimeout as wait } from 'node:timers/promises';
import { z } from 'zod';
import { fault, isFault } from '../../agents/contracts/index.js';
import type {
  ArticleInput,
  CancelReceipt,
  IngestedDocument,
  SearchHit,
  TriageQuality,
} from '../engine/runtime.contract.js';
import type { Desk } from './desk.contract.js';
import { framesOfRun, readFrame } from './frame.js';
import { createHttpClient, type HttpClient } from './http-client.js';
import { remoteTriage } from './remote-triage.js';

const CHANNELS = ['values', 'lifecycle', 'tools', 'custom'];
/** A host that restarts is back within this time, or the command gives up; the run itself goes on there. */
const RECONNECT = { attempts: 40, pauseMs: 500 };

const isObject = (value: unknown) => typeof value === 'object' && value !== null;
const threadReply = z.object({ thread_id: z.string() });
const runReply = z.object({
  result: z.object({ run_id: z.string() }),
  meta: z.object({ applied_through_seq: z.number() }).partial().default({}),
});
const cancelReply = z.object({ result: z.custom<CancelReceipt>(isObject) });
const ingestReply = z.object({ documents: z.array(z.custom<IngestedDocument>(isObject)) });
const jobReply = ingestReply.extend({
  id: z.string(),
  status: z.string(),
  error: z.object({ detail: z.string() }).optional(),
});
/** The host answers once a job has ended, and only otherwise is it asked again. */
const JOB_LOOK_MS = 500;
const qualityReply = z.custom<TriageQuality>(isObject);
const searchReply = z.object({ hits: z.array(z.custom<SearchHit>(isObject)) });

/** A running host, through its public API. @throws `HOST_UNREACHABLE` and what the host refuses */
export function openRemoteDesk(base: string): Desk {
  const http = createHttpClient(base);
  const closing = new AbortController();
  const command = (threadId: string, method: string, params: object) =>
    http.post(`/threads/${encodeURIComponent(threadId)}/commands`, { id: 1, method, params });

  return {
    async ask({ text, threadId: known, collection, attachments }, onFrame) {
      const threadId = known ?? threadReply.parse(await http.post('/threads', {})).thread_id;
      const { result, meta } = runReply.parse(
        await command(threadId, 'run.start', {
          assistant_id: 'support',
          input: { messages: [{ role: 'user', content: text }], attachments },
          config: { configurable: collection === undefined ? {} : { collection } },
        }),
      );
      return {
        threadId,
        runId: result.run_id,
        ended: follow(http, threadId, result.run_id, meta.applied_through_seq, onFrame, closing.signal),
        cancel: async () => cancelReply.parse(await command(threadId, 'run.cancel', result)).result,
      };
    },
    async ingest(articles: readonly ArticleInput[], { groups, ...options }) {
      // On the wire extra keys stand beside the others, not in a `metadata` of their own.
      const flat = articles.map(({ metadata, ...article }) => ({ ...metadata, ...article }));
      const address = `/api/v1/knowledge/documents${query({ ...options, groups: groups?.join(',') })}`;
      let job = jobReply.parse(await http.post(address, flat));
      while (job.status === 'running') {
        await wait(JOB_LOOK_MS);
        job = jobReply.parse(await http.get(`/api/v1/knowledge/jobs/${job.id}`));
      }
      if (job.error) throw fault('INPUT_UNREADABLE', { detail: job.error.detail });
      return job.documents;
    },
    async search({ text, k, collection, explain }) {
      const asked = query({ q: text, k, collection, explain: explain || undefined });
      return searchReply.parse(await http.get(`/api/v1/knowledge/search${asked}`)).hits;
    },
    triage: remoteTriage(http),
    async learn(tickets) {
      return ingestReply.parse(await http.postLines('/api/v1/knowledge/tickets/solved', tickets)).documents;
    },
    retrain: async () => 'later',
    quality: async () => qualityReply.parse(await http.get('/api/v1/triage/quality')),
    qualityPicture: () => http.text('/api/v1/triage/quality/curve.svg'),
    close: async () => closing.abort(),
  };
}

/** Follows one run to its end; a lost connection is taken up again after the last event that was seen. */
async function follow(
  http: HttpClient,
  threadId: string,
  runId: string,
  begin: number | undefined,
  onFrame: (frame: string) => void,
  signal: AbortSignal,
): Promise<void> {
  let since = begin;
  let ended = false;
  const take = framesOfRun(runId, onFrame, () => {
    ended = true;
  });
  for (let failures = 0; ; failures += 1) {
    try {
      const body = { channels: CHANNELS, ...(since !== undefined && { since }) };
      for await (const json of http.events(
        `/threads/${encodeURIComponent(threadId)}/stream/events`,
        body,
        signal,
      )) {
        const frame = readFrame(json);
        if (!frame) continue;
        failures = 0;
        since = frame.seq ?? since;
        take(json, frame);
        if (ended) return;
      }
    } catch (error) {
      if (!isFault(error, 'HOST_UNREACHABLE') || failures >= RECONNECT.attempts) throw error;
    }
    if (failures >= RECONNECT.attempts)
      throw fault('HOST_UNREACHABLE', { kept: 'The host goes on with the run.' });
    await wait(RECONNECT.pauseMs, undefined, { signal });
  }
}

function query(parameters: Readonly<Record<string, string | number | boolean | undefined>>): string {
  const asked = new URLSearchParams();
  for (const [key, value] of Object.entries(parameters))
    if (value !== undefined) asked.set(key, String(value));
  return asked.size > 0 ? `?${asked}` : '';
}
