import { z } from 'zod';
import { nameSchema, versionSchema } from './prompts.contract.js';

export const experimentIdSchema = z.string().max(64);

const arm = z.strictObject({
  version: versionSchema.describe('a released version'),
  percent: z.number().min(0).max(100).multipleOf(0.01).describe('share of the threads'),
});

export const startExperimentSchema = z
  .strictObject({
    name: nameSchema,
    arms: z.array(arm).min(1).max(8).describe('what they leave goes on with `production`'),
    tenants: z.array(z.string()).min(1).optional().describe('of the key alone, which is also the default'),
  })
  .meta({
    id: 'StartExperiment',
    examples: [{ name: 'resolver', arms: [{ version: '1.0.0', percent: 10 }] }],
  });
export type StartExperiment = z.output<typeof startExperimentSchema>;

export const experimentSchema = z
  .object({
    id: z.string(),
    name: z.string(),
    arms: z.array(arm),
    status: z.enum(['running', 'stopped']),
    startedBy: z.string(),
    startedAt: z.string(),
    stoppedBy: z.string().nullable(),
    stoppedAt: z.string().nullable(),
  })
  .meta({ id: 'Experiment' });

export const experimentListSchema = z
  .object({ items: z.array(experimentSchema) })
  .meta({ id: 'ExperimentList' });

const count = z.int();

export const experimentResultsSchema = experimentSchema
  .extend({
    results: z
      .array(
        z.object({
          version: z.string(),
          runs: count,
          completed: count,
          handedOff: count,
          failed: count,
          costUsd: z.number().nullable().describe('mean of a run'),
          totalMs: z.number().nullable().describe('mean of a run, in milliseconds'),
          judged: count.describe('fields of results that people judged'),
          right: count,
        }),
      )
      .describe('by version, of runs that named none themselves'),
  })
  .meta({ id: 'ExperimentResults' });
