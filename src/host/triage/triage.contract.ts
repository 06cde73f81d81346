import { z } from 'zod';
import {
  correctionSchema,
  TRIAGE_STATUSES,
  triageRequestSchema,
  triageResultSchema,
} from '../../../agents/contracts/index.js';

export { triageRequestSchema };

const status = z.enum(TRIAGE_STATUSES);

export const triageIdSchema = z.string().max(128);

/** What is known of a triage before its end. */
export const pendingSchema = z
  .object({ id: z.string(), ticketId: z.string(), status, threadId: z.string() })
  .meta({
    id: 'PendingTriage',
    examples: [
      {
        id: 'tr_018f6f4e-7a0c-4a3f-9d1e-2f6f1c7b9a55',
        ticketId: 'INC-1042',
        status: 'queued',
        threadId: '5d0d6f58-6f0f-4b83-9d55-0c7d0b6c9c11',
      },
    ],
  });
export type Pending = z.output<typeof pendingSchema>;

export const resultSchema = triageResultSchema.meta({ id: 'TriageResult' });
export const triageSchema = z.union([resultSchema, pendingSchema]);

export const triagePageSchema = z.object({
  status: status.optional(),
  cursor: z.string().min(1).max(64).optional().describe('`nextCursor` of the page before'),
  limit: z.coerce.number().int().min(1).max(200).default(50),
});
export type TriagePage = z.output<typeof triagePageSchema>;

export const triageListSchema = z
  .object({
    items: z.array(pendingSchema.extend({ createdAt: z.string() }).meta({ id: 'TriageSummary' })),
    nextCursor: z.string().optional(),
  })
  .meta({ id: 'TriageList' });
export type TriageList = z.output<typeof triageListSchema>;

export const triageReceiptSchema = z
  .object({
    id: z.string(),
    status,
    stopped: z.array(z.string()).describe('agents and tool calls that were at work'),
    effects: z.array(z.string()).describe('what had already taken effect'),
  })
  .meta({ id: 'TriageReceipt' });

const problemInside = z.object({ code: z.string(), title: z.string(), detail: z.string(), next: z.string() });

export const batchSchema = z
  .object({
    items: z
      .array(
        z.union([z.object({ id: z.string(), ticketId: z.string() }), z.object({ error: problemInside })]),
      )
      .describe('one for each line that is not blank, in their order'),
  })
  .meta({ id: 'TriageBatch' });

export const feedbackSchema = correctionSchema.meta({
  id: 'Correction',
  examples: [{ category: 'network/vpn', articles: ['vpn-setup'], resolution: 'Renewed the certificate.' }],
});

export const feedbackReplySchema = z
  .object({ id: z.string(), taught: z.boolean().describe('false where the key is not an operator’s') })
  .meta({ id: 'FeedbackReply' });

const accuracy = z.object({ judged: z.int(), right: z.number().nullable().describe('share, 0 to 1') });

const share = z.number().min(0).max(1);
const learnedField = z
  .object({
    learned: z.int().describe('solved tickets that bear such a label'),
    labels: z.int(),
    heldBack: z.int().describe('solved tickets that were not learned from, and predicted'),
    accuracy: share,
    calibrationError: share.describe('mean gap between confidence and accuracy'),
    worthwhile: share.describe('below this confidence a guess does more harm than good'),
    curve: z
      .array(z.object({ confidence: share, coverage: share, risk: share }))
      .describe('deciding alone at falling confidence: share of the tickets, and how many of those go wrong'),
  })
  .meta({ id: 'LearnedField' });

export const qualitySchema = z
  .object({
    results: z.int(),
    corrected: z.int(),
    accuracy: z.object({ category: accuracy, queue: accuracy, priority: accuracy, answer: accuracy }),
    learned: z
      .object({
        version: z.int(),
        tickets: z.int(),
        trainedAt: z.string(),
        fields: z.object({
          category: learnedField.optional(),
          queue: learnedField.optional(),
          priority: learnedField.optional(),
        }),
      })
      .nullable()
      .describe('null until enough solved tickets were learned from'),
  })
  .meta({ id: 'TriageQuality' });
