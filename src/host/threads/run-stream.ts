import { CHANNELS, type Principal } from '../../../agents/contracts/index.js';
import type { LoggedEvent, Runtime } from '../../engine/runtime.js';
import type { EventStream } from '../streaming/event-stream.js';
import { type Cursor, createThreadFeed, lastSeqOf } from '../streaming/thread-feed.js';
import { createLegacyTranslator } from './legacy-events.js';
import type { StreamMode } from './runs.contract.js';

export interface RunStreamOptions {
  readonly runtime: Runtime;
  readonly principal: Principal;
  readonly threadId: string;
  readonly runId: string;
  readonly since: Cursor;
  readonly modes: ReadonlySet<StreamMode>;
  readonly stream: EventStream;
}

const TERMINAL = /"event":"(?:completed|failed|interrupted)"/;

const endsRun = (event: LoggedEvent): boolean =>
  event.method === 'lifecycle' && event.namespace.length === 0 && TERMINAL.test(event.json);

/**
 * Streams one run in LangGraph's first protocol and ends with it. Resolves once the stream has closed.
 */
export async function streamRun(options: RunStreamOptions): Promise<void> {
  const { runtime, principal, threadId, runId, since, modes, stream } = options;
  const translator = createLegacyTranslator(modes);
  stream.send({
    event: 'metadata',
    data: JSON.stringify({ run_id: runId, thread_id: threadId, attempt: 1 }),
  });

  const { outcome } = await runtime.runs.get(runId, principal);
  // Of a run that has ended the log holds everything; past this event there is nothing to wait for.
  const lastSeq = outcome === null ? Number.POSITIVE_INFINITY : await lastSeqOf(runtime, threadId, principal);
  if (typeof since === 'number' && since >= lastSeq) stream.end();

  const write = (frame: string, event: LoggedEvent | null): void => {
    if (event?.runId === runId) {
      for (const piece of translator.translate(frame)) stream.send({ id: event.eventId, ...piece });
    }
    if (event && (event.seq >= lastSeq || (event.runId === runId && endsRun(event)))) stream.end();
  };
  const outbox = stream.outbox(write, () => feed.resume().catch(stream.end));
  const feed = createThreadFeed({ runtime, threadId, principal, outbox });
  void feed.subscribe('run', { channels: new Set(CHANNELS) }, since).catch(stream.end);
  await stream.closed;
  feed.close();
}
