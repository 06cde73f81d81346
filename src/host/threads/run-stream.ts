import { type RunFeedOptions, streamRunFeed } from '../streaming/run-feed.js';
import { createLegacyTranslator } from './legacy-events.js';
import type { StreamMode } from './runs.contract.js';

export interface RunStreamOptions extends Omit<RunFeedOptions, 'translate'> {
  readonly modes: ReadonlySet<StreamMode>;
}

/** Streams one run in LangGraph's first protocol and ends with it. Resolves once the stream has closed. */
export async function streamRun({ modes, ...run }: RunStreamOptions): Promise<void> {
  const translator = createLegacyTranslator(modes);
  run.stream.send({
    event: 'metadata',
    data: JSON.stringify({ run_id: run.runId, thread_id: run.threadId, attempt: 1 }),
  });
  await streamRunFeed({
    ...run,
    translate: (frame, event) =>
      event ? translator.translate(frame).map((piece) => ({ id: event.eventId, ...piece })) : [],
  });
}
