import { z } from 'zod';
import type { ServerSentEvent } from '../streaming/event-stream.js';
import type { StreamMode } from './runs.contract.js';

const frameSchema = z.object({
  method: z.string(),
  params: z.object({ node: z.string().optional(), data: z.unknown() }),
});

const updateSchema = z.object({ node: z.string(), values: z.unknown() });
const lifecycleSchema = z.object({
  event: z.string(),
  error: z.string().optional(),
  detail: z.object({ code: z.string(), detail: z.string() }).optional(),
});
const messageSchema = z.discriminatedUnion('event', [
  z.object({
    event: z.literal('message-start'),
    id: z.string(),
    metadata: z.record(z.string(), z.unknown()).optional(),
  }),
  z.object({ event: z.literal('content-block-start') }),
  z.object({ event: z.literal('content-block-delta'), delta: z.object({ text: z.string() }) }),
  z.object({ event: z.literal('content-block-finish'), content: z.object({ text: z.string() }) }),
  z.object({ event: z.literal('message-finish') }),
]);

interface OpenMessage {
  readonly id: string;
  readonly metadata: Readonly<Record<string, unknown>>;
  text: string;
}

type Piece = Omit<ServerSentEvent, 'id'>;

const piece = (event: string, data: unknown): Piece => ({ event, data: JSON.stringify(data) });

/** A run's frames as the events of LangGraph's first streaming protocol. */
export interface LegacyTranslator {
  /** What one frame becomes: nothing, one event, or several. */
  translate(json: string): readonly Piece[];
}

/** Frames are translated in the order of the log; a message's text is assembled from its deltas on the way. */
export function createLegacyTranslator(modes: ReadonlySet<StreamMode>): LegacyTranslator {
  const open = new Map<string, OpenMessage>();

  const whole = (message: OpenMessage) => [{ type: 'ai', id: message.id, content: message.text }];

  const chunk = (message: OpenMessage, text: string): Piece[] => [
    ...(modes.has('messages-tuple')
      ? [piece('messages', [{ type: 'AIMessageChunk', id: message.id, content: text }, message.metadata])]
      : []),
    ...(modes.has('messages') ? [piece('messages/partial', whole(message))] : []),
  ];

  const translateMessage = (node: string, data: unknown): readonly Piece[] => {
    const event = messageSchema.parse(data);
    if (event.event === 'message-start') {
      const message = { id: event.id, metadata: { ...event.metadata, langgraph_node: node }, text: '' };
      open.set(node, message);
      const about = { [event.id]: { metadata: message.metadata } };
      return modes.has('messages') ? [piece('messages/metadata', about)] : [];
    }
    const message = open.get(node);
    if (!message) return [];
    if (event.event === 'content-block-delta') {
      message.text += event.delta.text;
      return chunk(message, event.delta.text);
    }
    if (event.event !== 'message-finish') return [];
    open.delete(node);
    return modes.has('messages') ? [piece('messages/complete', whole(message))] : [];
  };

  const as = (mode: StreamMode, data: unknown): readonly Piece[] =>
    modes.has(mode) ? [piece(mode, data)] : [];

  const translators: Readonly<Record<string, (data: unknown, node: string) => readonly Piece[]>> = {
    values: (data) => as('values', data),
    updates: (data) => {
      const { node, values } = updateSchema.parse(data);
      return as('updates', { [node]: values });
    },
    messages: (data, node) => translateMessage(node, data),
    custom: (data) => as('custom', data),
    tasks: (data) => as('tasks', data),
    checkpoints: (data) => as('checkpoints', data),
    tools: (data) => as('tools', data),
    lifecycle: (data) => {
      const { event, error, detail } = lifecycleSchema.parse(data);
      if (event !== 'failed') return [];
      return [
        piece('error', {
          error: detail?.code ?? 'INTERNAL',
          message: detail?.detail ?? error ?? 'The run failed.',
        }),
      ];
    },
  };

  return {
    translate(json) {
      const { method, params } = frameSchema.parse(JSON.parse(json));
      return translators[method]?.(params.data, params.node ?? '') ?? [];
    },
  };
}
