import { isDeepStrictEqual } from 'node:util';
import { z } from 'zod';
import { type Check, type CheckInput } from './check.js';

type Step = NonNullable<CheckInput['steps']>[number];

const names = { name: z.string().optional(), pattern: z.string().optional() };
const matcherSchema = z.union([
  z.string().transform((pattern) => ({ pattern })),
  z.looseObject(names).refine(({ name, pattern }) => name || pattern, 'needs a name or a pattern'),
]);
type Matcher = { name?: string | undefined; pattern?: string | undefined };

const bounds = { min: z.number().optional(), max: z.number().optional() };
const toolUsedSchema = z.union([
  z.string().transform((one) => [one]),
  z.array(z.string()).min(1),
  z
    .looseObject({ ...names, ...bounds })
    .refine(({ name, pattern }) => name || pattern, 'needs a name or a pattern'),
]);
const sequenceSchema = z.union([
  z
    .array(matcherSchema)
    .min(1)
    .transform((steps) => ({ steps, mode: undefined })),
  z.looseObject({ steps: z.array(matcherSchema).min(1), mode: z.string().optional() }),
]);
const argsSchema = z
  .looseObject({
    ...names,
    args: z.unknown().optional(),
    arguments: z.unknown().optional(),
    mode: z.enum(['partial', 'exact']).default('partial'),
    defaults: z.record(z.string(), z.unknown()).default({}),
    ignore: z.union([z.string().transform((one) => [one]), z.array(z.string().min(1))]).default([]),
  })
  .refine(({ name, pattern }) => name || pattern, 'needs a name or a pattern')
  .refine(({ args, arguments: other }) => args !== undefined || other !== undefined, 'needs args');
const stepCountSchema = z
  .looseObject({ ...names, ...bounds, type: z.union([z.string(), z.array(z.string())]).optional() })
  .refine(({ min, max }) => min !== undefined || max !== undefined, 'needs min or max');

/** Whether a name fits a glob, whatever its case: `*` for any text, `?` for one character. */
function fitsGlob(name: string, glob: string): boolean {
  const source = glob
    .replaceAll(/[.+^${}()|[\]\\]/g, '\\$&')
    .replaceAll('*', '.*')
    .replaceAll('?', '.');
  return new RegExp(`^${source}$`, 'i').test(name);
}

const fitsStep = ({ pattern, name }: Matcher) => {
  const glob = pattern || name;
  return ({ tool }: Step) => !glob || fitsGlob(tool, glob);
};

const isRecord = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

/** Whether all that is expected is there; lists must agree in length. */
function holdsPart(actual: unknown, expected: unknown): boolean {
  if (Array.isArray(expected))
    return (
      Array.isArray(actual) &&
      actual.length === expected.length &&
      expected.every((item, at) => holdsPart(actual[at], item))
    );
  if (isRecord(expected))
    return (
      isRecord(actual) &&
      Object.entries(expected).every(
        ([key, value]) => Object.hasOwn(actual, key) && holdsPart(actual[key], value),
      )
    );
  return isDeepStrictEqual(actual, expected);
}

const withoutKeys = (value: unknown, drops: (key: string, value: unknown) => boolean): unknown =>
  isRecord(value)
    ? Object.fromEntries(Object.entries(value).filter(([key, inner]) => !drops(key, inner)))
    : value;

/** @throws Error where nobody recorded the tool calls */
function stepsOf({ steps }: CheckInput): readonly Step[] {
  if (!steps) throw new Error('nobody recorded the tool calls of this output');
  return steps;
}

const called = (steps: readonly Step[]) => `called ${steps.map(({ tool }) => tool).join(', ') || 'no tool'}`;
const isWithin = (count: number, min = 0, max = Number.POSITIVE_INFINITY) => count >= min && count <= max;

/** Checks of the tool calls, with the meaning that promptfoo gives the spans of a trace. */
export const TRAJECTORY_CHECKS: Readonly<Record<string, Check>> = {
  'trajectory:tool-used'(input) {
    const steps = stepsOf(input);
    const wanted = toolUsedSchema.parse(input.value);
    if (!Array.isArray(wanted)) {
      const count = steps.filter(fitsStep(wanted)).length;
      return { holds: isWithin(count, wanted.min ?? 1, wanted.max), reason: called(steps) };
    }
    const used = wanted.filter((pattern) => steps.some(fitsStep({ pattern })));
    // Forbidding several tools forbids each of them.
    const holds = input.inverse ? used.length === 0 : used.length === wanted.length;
    return { holds, final: true, reason: called(steps) };
  },
  'trajectory:tool-sequence'(input) {
    const steps = stepsOf(input);
    const { steps: wanted, mode } = sequenceSchema.parse(input.value);
    const next = (at: number, step: Step) =>
      at + Number(wanted[at] !== undefined && fitsStep(wanted[at])(step));
    const inOrder = steps.reduce(next, 0) === wanted.length;
    return { holds: inOrder && (mode !== 'exact' || steps.length === wanted.length), reason: called(steps) };
  },
  'trajectory:tool-args-match'(input) {
    const steps = stepsOf(input);
    const { args, arguments: other, mode, defaults, ignore, ...matcher } = argsSchema.parse(input.value);
    const isIgnored = (key: string) =>
      ignore.some((glob) => glob === key || (/[*?]/.test(glob) && fitsGlob(key, glob)));
    const isDefault = (key: string, value: unknown) =>
      Object.hasOwn(defaults, key) && isDeepStrictEqual(value, defaults[key]);
    const expected = withoutKeys(args ?? other, isIgnored);
    const agrees = (actual: unknown) => {
      const kept = withoutKeys(actual, (key, value) => isIgnored(key) || isDefault(key, value));
      return mode === 'exact' ? isDeepStrictEqual(kept, expected) : holdsPart(kept, expected);
    };
    const candidates = steps.filter(fitsStep(matcher)).filter((step) => step.args !== undefined);
    return {
      holds: candidates.some((step) => agrees(step.args)),
      reason: `called with ${candidates.map((step) => JSON.stringify(step.args)).join(', ') || 'nothing'}`,
    };
  },
  'trajectory:step-count'(input) {
    const steps = stepsOf(input);
    const { min, max, type, ...matcher } = stepCountSchema.parse(input.value);
    const counted =
      type === undefined || [type].flat().includes('tool') ? steps.filter(fitsStep(matcher)) : [];
    return { holds: isWithin(counted.length, min, max), reason: `${counted.length} steps; ${called(steps)}` };
  },
};
