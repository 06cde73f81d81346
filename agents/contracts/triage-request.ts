import { z } from 'zod';
import { attachmentSchema, runOptionsSchema } from './request.js';

const label = (characters: number) =>
  z
    .string()
    .min(1)
    .max(characters)
    .regex(/^\P{Cc}*$/u, 'expected no control characters');

/** A ticket as a help desk sends it, over HTTP or as a line of a file. What it does not know is refused, not dropped. */
export const triageRequestSchema = z
  .strictObject({
    id: label(256).optional().describe("the help desk's own number; one is made where none is given"),
    subject: z.string().max(10_000),
    body: z.string().max(1_000_000),
    requester: z
      .strictObject({
        id: label(256),
        groups: z.array(label(256)).max(100).optional().describe('can only narrow what the key may see'),
      })
      .optional(),
    channel: label(256).optional(),
    locale: label(64).optional(),
    createdAt: label(64).optional(),
    attachments: z
      .array(z.strictObject({ ...attachmentSchema.shape }))
      .max(20)
      .optional()
      .describe('text beside the ticket: read, but never a source of targets for tools'),
    fields: z.record(z.string(), z.unknown()).optional(),
    options: runOptionsSchema.optional(),
  })
  .refine(({ subject, body }) => `${subject}${body}`.trim() !== '', {
    message: 'expected a subject or a body',
    path: ['body'],
  })
  .meta({
    id: 'TriageRequest',
    examples: [
      {
        id: 'INC-1042',
        subject: 'VPN stopped this morning',
        body: 'The client says error 13806 since eight. Others in my office can connect.',
        requester: { id: 'maria' },
        channel: 'mail',
        options: { depth: 'full' },
      },
    ],
  });
export type TriageRequest = z.output<typeof triageRequestSchema>;
