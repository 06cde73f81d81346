import { z } from 'zod';
import type { LoggedEvent } from '../../engine/runtime.js';

const deltaFrame = z.looseObject({
  params: z.looseObject({
    node: z.string().optional(),
    data: z.looseObject({
      event: z.literal('content-block-delta'),
      index: z.int(),
      delta: z.looseObject({ type: z.literal('text-delta'), text: z.string() }),
    }),
  }),
});
type DeltaFrame = z.infer<typeof deltaFrame>;

/** A run of text deltas of one message, waiting to leave as one frame. */
export interface TextDelta {
  readonly place: string;
  /** The newest of the frames: its `seq`, `event_id` and time stand for all. */
  readonly frame: DeltaFrame;
  readonly texts: string[];
}

/** Reads an event as a text delta; null for everything else. Used only for readers who are behind. */
export function readTextDelta(event: LoggedEvent): TextDelta | null {
  // Cheap test first: most events of a backlog are not deltas and need no parse.
  if (event.method !== 'messages' || !event.json.includes('"text-delta"')) return null;
  const parsed = deltaFrame.safeParse(JSON.parse(event.json));
  if (!parsed.success) return null;
  const { node, data } = parsed.data.params;
  return {
    place: JSON.stringify([event.runId, event.namespace, node, data.index]),
    frame: parsed.data,
    texts: [data.delta.text],
  };
}

/** Two neighbours as one, or null where they belong to different blocks. The older one is used up. */
export function joinTextDeltas(older: TextDelta, newer: TextDelta): TextDelta | null {
  if (older.place !== newer.place) return null;
  older.texts.push(...newer.texts);
  return { ...newer, texts: older.texts };
}

/** The frame of a joined run; its text is what the single deltas would have added. */
export function encodeTextDelta({ frame, texts }: TextDelta): string {
  const { params } = frame;
  const delta = { ...params.data.delta, text: texts.join('') };
  return JSON.stringify({ ...frame, params: { ...params, data: { ...params.data, delta } } });
}
