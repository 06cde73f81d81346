import type { ErrorCode } from './errors.js';
import type { Hypothesis } from './evidence.js';
import type { AgentName } from './request.js';

/** Channels of the Agent Streaming Protocol that a thread's log serves. */
export const CHANNELS = [
  'values',
  'updates',
  'messages',
  'tools',
  'lifecycle',
  'input',
  'checkpoints',
  'tasks',
  'custom',
  'custom:progress',
  'custom:hypotheses',
  'custom:evidence',
] as const;
export type Channel = (typeof CHANNELS)[number];

/** The `data` of a `messages` event: one AI message streamed as one text block under one id. */
export type MessageStreamData =
  | { event: 'message-start'; role: 'ai'; id: string; metadata: Record<string, string> }
  | { event: 'content-block-start'; index: 0; content: { type: 'text'; text: '' } }
  | { event: 'content-block-delta'; index: 0; delta: { type: 'text-delta'; text: string } }
  | { event: 'content-block-finish'; index: 0; content: { type: 'text'; text: string } }
  | { event: 'message-finish'; reason?: string };

export type ToolStreamData =
  | { event: 'tool-started'; tool_call_id: string; tool_name: string; input: unknown }
  | { event: 'tool-finished'; tool_call_id: string; output: unknown }
  | { event: 'tool-error'; tool_call_id: string; message: string; code: string };

export interface Progress {
  readonly agent: AgentName;
  readonly stage: 'started' | 'working' | 'finished';
  /** One sentence for a person. */
  readonly text: string;
  /** Version of the prompt. */
  readonly prompt?: string;
  /** Its content; the engine adds it. */
  readonly promptHash?: string;
  readonly model?: string;
  /** Why the work goes on in another way, such as with another model. */
  readonly code?: ErrorCode;
}

/** What an agent may push while it works. The engine numbers, stores and publishes it. */
export type AgentEvent =
  | { readonly channel: 'messages'; readonly node: AgentName; readonly data: MessageStreamData }
  | { readonly channel: 'tools'; readonly node: AgentName; readonly data: ToolStreamData }
  | { readonly channel: 'custom'; readonly name: 'progress'; readonly payload: Progress }
  | { readonly channel: 'custom'; readonly name: 'hypotheses'; readonly payload: readonly Hypothesis[] }
  | { readonly channel: 'custom'; readonly name: 'evidence'; readonly payload: unknown };
