import { z } from 'zod';
import { stepSchema } from './outcome.contract.js';

const common = {
  weight: z.number().nonnegative().optional(),
  metric: z.string().optional(),
  threshold: z.number().optional(),
};

/** One expectation. `not-` before a type turns it round. */
export const assertionSchema = z.looseObject({
  ...common,
  type: z.string().refine((type) => type !== 'assert-set', 'a set of assertions holds no other set'),
  value: z.unknown().optional(),
});
export type Assertion = z.infer<typeof assertionSchema>;

const assertionSetSchema = z.looseObject({
  ...common,
  type: z.literal('assert-set'),
  assert: z.array(assertionSchema).min(1),
});
export type AssertionSet = z.infer<typeof assertionSetSchema>;

/** What a case of ours may add to a promptfoo test, all of it in `metadata`. */
const metadataSchema = z.looseObject({
  id: z
    .union([z.string().min(1), z.number()])
    .transform(String)
    .optional(),
  /** Cases of one family are no independent evidence: they count together. */
  family: z
    .union([z.string().min(1), z.number()])
    .transform(String)
    .optional(),
  /** Labels that measures compare with. */
  expected: z.looseObject({}).optional(),
  /** Tool calls of a recorded output. */
  trajectory: z.array(stepSchema).optional(),
});

/** One line of `cases.jsonl`: a promptfoo test. */
export const caseSchema = z.looseObject({
  description: z.string().optional(),
  vars: z.record(z.string(), z.unknown()).default({}),
  assert: z.array(z.union([assertionSetSchema, assertionSchema])).default([]),
  threshold: z.number().optional(),
  metadata: metadataSchema.default({}),
  providerOutput: z.unknown().optional(),
});
export interface EvalCase extends z.infer<typeof caseSchema> {
  /** `metadata.id`, else the description, else its place as `#N`. */
  readonly id: string;
}

/** promptfoo takes an empty recorded output for none. */
export const isRecorded = ({ providerOutput }: EvalCase): boolean => Boolean(providerOutput);

export const isSet = (assertion: Assertion | AssertionSet): assertion is AssertionSet =>
  assertion.type === 'assert-set';
