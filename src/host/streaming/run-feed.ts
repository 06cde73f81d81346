import { CHANNELS, type Principal } from '../../../agents/contracts/index.js';
import type { LoggedEvent, Runtime } from '../../engine/runtime.js';
import type { EventStream, ServerSentEvent } from './event-stream.js';
import { type Cursor, createThreadFeed } from './thread-feed.js';

export interface RunFeedOptions {
  readonly runtime: Runtime;
  readonly principal: Principal;
  readonly threadId: string;
  readonly runId: string;
  readonly since: Cursor;
  readonly stream: EventStream;
  /** What a frame of the run becomes; `event` is null for notices, such as a gap. */
  readonly translate: (frame: string, event: LoggedEvent | null) => readonly ServerSentEvent[];
}

const TERMINAL = /"event":"(?:completed|failed|interrupted)"/;

/** True for the one event that ends its run. */
export const endsRun = (event: LoggedEvent): boolean =>
  event.method === 'lifecycle' && event.namespace.length === 0 && TERMINAL.test(event.json);

/** Streams the events of one run and ends with it. Resolves once the stream has closed. */
export async function streamRunFeed(options: RunFeedOptions): Promise<void> {
  const { runtime, principal, threadId, runId, since, stream, translate } = options;
  const { outcome } = await runtime.runs.get(runId, principal);
  // Of a run that has ended the log holds everything; past this event there is nothing to wait for.
  const lastSeq =
    outcome === null
      ? Number.POSITIVE_INFINITY
      : ((await runtime.events.endOf(threadId, runId, principal)) ?? 0);
  if (typeof since === 'number' && since >= lastSeq) stream.end();

  const write = (frame: string, event: LoggedEvent | null): void => {
    if (event === null || event.runId === runId)
      for (const each of translate(frame, event)) stream.send(each);
    if (event && (event.seq >= lastSeq || (event.runId === runId && endsRun(event)))) stream.end();
  };
  const outbox = stream.outbox(write, () => feed.resume().catch(stream.end));
  const feed = createThreadFeed({ runtime, threadId, principal, outbox });
  void feed.subscribe('run', { channels: new Set(CHANNELS) }, since).catch(stream.end);
  await stream.closed;
  feed.close();
}
