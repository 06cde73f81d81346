import { z } from 'zod';

export const AGENT_NAMES = ['triage', 'retriever', 'diagnostics', 'resolver', 'critic'] as const;
export type AgentName = (typeof AGENT_NAMES)[number];

/** `classify`: decision only; `answer`: no network tools; `full`: the graph decides. */
export const DEPTHS = ['classify', 'answer', 'full'] as const;
export type Depth = (typeof DEPTHS)[number];

/** One entry of a thread's transcript, in the plain form that LangGraph clients read. */
export const messageSchema = z.object({
  id: z.string(),
  type: z.enum(['human', 'ai', 'system']),
  content: z.string(),
});
export type Message = z.infer<typeof messageSchema>;

export const attachmentSchema = z.object({ name: z.string(), mediaType: z.string(), text: z.string() });

export const ticketSchema = z.object({
  id: z.string(),
  subject: z.string(),
  body: z.string(),
  requester: z.object({ id: z.string(), groups: z.array(z.string()).optional() }).optional(),
  channel: z.string().optional(),
  locale: z.string().optional(),
  createdAt: z.string().optional(),
  attachments: z.array(attachmentSchema).optional(),
  fields: z.record(z.string(), z.unknown()).optional(),
});
export type Ticket = z.infer<typeof ticketSchema>;

export const runOptionsSchema = z.strictObject({
  depth: z.enum(DEPTHS).optional(),
  /** Agent to prompt version. */
  prompts: z.record(z.string(), z.string()).optional(),
  /** Agent to model spec. */
  models: z.record(z.string(), z.string()).optional(),
  deadlineMs: z.number().int().positive().max(3_600_000).optional(),
  maxRevisions: z.number().int().nonnegative().max(10).optional(),
  collection: z.string().optional(),
});
export type RunOptions = z.infer<typeof runOptionsSchema>;

/** What enters the one road, whichever door it came through. */
export interface RunRequest {
  /** New entries of the transcript, in order; ids are kept, so a repeated id is the same message. */
  readonly messages: readonly Message[];
  readonly ticket?: Ticket;
  /** Text beside the question, such as a pasted log in a file. Never a source of tool targets. */
  readonly attachments?: readonly z.infer<typeof attachmentSchema>[];
  readonly options?: RunOptions;
  readonly metadata?: Readonly<Record<string, unknown>>;
}

/** Who asks. Settled at the door, never read from text. */
export interface Principal {
  readonly id: string;
  readonly tenant: string;
  readonly groups: readonly string[];
  readonly role: 'user' | 'operator';
}
