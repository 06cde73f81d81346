import { z } from 'zod';

const SCALARS: Readonly<Record<string, () => z.ZodType>> = {
  string: () => z.string(),
  integer: () => z.number().int(),
  number: () => z.number(),
  boolean: () => z.boolean(),
};

const VARIABLE = /^(?<name>\w+)(?<optional>\?)?(?:\((?<kind>array|object)(?:,[^)]*)?\))?$/;

/** The variables that a Picoschema declares, those inside lists and objects by their path: `passages.title`. */
export function variablesIn(source: unknown, path = ''): string[] {
  if (typeof source !== 'object' || source === null) return [];
  return Object.entries(source).flatMap(([key, value]) => {
    const name = `${path}${VARIABLE.exec(key)?.groups?.name ?? key}`;
    return [name, ...variablesIn(value, `${name}.`)];
  });
}

/**
 * Builds a strict zod schema from Picoschema, Dotprompt's short notation for variables: `name: type`, `name?: type`,
 * `name(array): type or map`, `name(object): map`; a comma after a type begins its description.
 * @throws TypeError naming the entry that is not understood
 */
export function fromPicoschema(source: unknown, path = 'input.schema'): z.ZodType {
  if (typeof source === 'string') {
    const scalar = SCALARS[source.split(',')[0]?.trim() ?? ''];
    if (!scalar) throw new TypeError(`${path}: unknown type “${source}”`);
    return scalar();
  }
  if (typeof source !== 'object' || source === null || Array.isArray(source))
    throw new TypeError(`${path}: a type or a map of types is expected`);
  const shape: Record<string, z.ZodType> = {};
  for (const [key, value] of Object.entries(source)) {
    const { name, optional, kind } = VARIABLE.exec(key)?.groups ?? {};
    if (!name) throw new TypeError(`${path}: “${key}” is not a variable`);
    const inner = fromPicoschema(value, `${path}.${name}`);
    const field = kind === 'array' ? z.array(inner) : inner;
    shape[name] = optional ? field.optional() : field;
  }
  return z.strictObject(shape);
}
