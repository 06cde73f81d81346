import { z } from 'zod';

/** A strict reading of what a model wrote: nothing is repaired, completed or cut out of other text. */
export type Parsed<T> =
  | { readonly ok: true; readonly value: T }
  | { readonly ok: false; readonly problem: string };

function parseJson(json: string): Parsed<unknown> {
  try {
    return { ok: true, value: JSON.parse(json) };
  } catch (error) {
    return { ok: false, problem: error instanceof Error ? error.message : 'not JSON' };
  }
}

/** Reads structured output. */
export function parseOutput<Output>(json: string, schema: z.ZodType<Output>): Parsed<Output> {
  const parsed = parseJson(json);
  if (!parsed.ok) return parsed;
  const checked = schema.safeParse(parsed.value);
  return checked.success
    ? { ok: true, value: checked.data }
    : { ok: false, problem: z.prettifyError(checked.error) };
}

const argumentsSchema = z.record(z.string(), z.unknown());

/** Reads the arguments of a tool call: one JSON object. A tool without parameters may be called with nothing. */
export function parseArguments(json: string): Parsed<Readonly<Record<string, unknown>>> {
  return json.trim() === '' ? { ok: true, value: {} } : parseOutput(json, argumentsSchema);
}
