import { z } from 'zod';
import { fault } from '../../agents/contracts/index.js';
import type { Pair } from '../statistics/families.js';

/** One line of scores measured elsewhere; equal cases of one metric are repeats. */
const lineSchema = z.object({
  case: z.union([z.string().min(1), z.number()]).transform(String),
  family: z
    .union([z.string().min(1), z.number()])
    .transform(String)
    .nullish(),
  metric: z.string().min(1),
  a: z.number(),
  b: z.number(),
});

export interface ScorePairs {
  /** In order of first appearance; the first one is primary. */
  readonly metrics: readonly { readonly name: string; readonly pairs: readonly Pair[] }[];
  readonly cases: number;
  /** Most lines that one case has for one metric. */
  readonly repeats: number;
}

const MAX_REPORTED = 20;

interface Repeated {
  readonly family?: string;
  readonly a: number[];
  readonly b: number[];
}

const mean = (values: readonly number[]) => values.reduce((sum, value) => sum + value, 0) / values.length;

/**
 * Reads JSONL lines `{case, family?, metric, a, b}`. Repeats of a case are averaged.
 * @throws `USAGE` that names every bad line (the first 20) and takes none
 */
export function readScorePairs(text: string): ScorePairs {
  const problems: string[] = [];
  const metrics = new Map<string, Map<string, Repeated>>();
  for (const [index, line] of text.split('\n').entries()) {
    if (line.trim() === '') continue;
    const parsed = lineSchema.safeParse(parseJson(line));
    if (!parsed.success) {
      const [issue] = parsed.error.issues;
      problems.push(
        `line ${index + 1}: ${[issue?.path.join('.'), issue?.message].filter(Boolean).join(': ')}`,
      );
      continue;
    }
    const { case: id, family, metric, a, b } = parsed.data;
    const cases = metrics.get(metric) ?? new Map<string, Repeated>();
    metrics.set(metric, cases);
    const known = cases.get(id) ?? { ...(family && { family }), a: [], b: [] };
    if ((family ?? undefined) !== known.family)
      problems.push(`line ${index + 1}: case ${id} was of another family before`);
    known.a.push(a);
    known.b.push(b);
    cases.set(id, known);
  }
  if (metrics.size === 0 && problems.length === 0) problems.push('there is no line');
  if (problems.length > 0)
    throw fault('USAGE', {
      detail: [
        ...problems.slice(0, MAX_REPORTED),
        ...(problems.length > MAX_REPORTED ? [`and ${problems.length - MAX_REPORTED} more`] : []),
      ].join('; '),
      next: 'Each line is {"case", "family"?, "metric", "a", "b"} with finite numbers.',
    });
  const repeated = [...metrics.values()].flatMap((cases) => [...cases.values()]);
  return {
    metrics: [...metrics].map(([name, cases]) => ({
      name,
      pairs: [...cases].map(([id, { family, a, b }]) => ({
        case: id,
        ...(family && { family }),
        a: mean(a),
        b: mean(b),
      })),
    })),
    cases: new Set([...metrics.values()].flatMap((cases) => [...cases.keys()])).size,
    repeats: Math.max(...repeated.map(({ a }) => a.length)),
  };
}

/** Undefined where the text is not JSON. */
function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
