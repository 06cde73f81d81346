const SLOT = /\{\{-?\s*([^{}]*?)\s*-?\}\}/g;
const PATH = /^[\p{L}_][\p{L}\p{N}_]*(?:\.[\p{L}\p{N}_]+|\[\d+\])*$/u;

/** The value at a path such as `choices.0.message.content` or `items[2].id`; undefined where it leads nowhere. */
export function valueAt(value: unknown, path: string): unknown {
  return path
    .replaceAll(/\[(\d+)\]/g, '.$1')
    .split('.')
    .reduce<unknown>(
      (inner, key) =>
        typeof inner === 'object' && inner !== null && Object.hasOwn(inner, key)
          ? (inner as Readonly<Record<string, unknown>>)[key]
          : undefined,
      value,
    );
}

/**
 * Puts variables into a text, as promptfoo's templates do: `{{ name }}` and `{{ name.key }}`, nothing where there is no such
 * variable.
 * @throws Error where a template says more than that
 */
export function fillText(text: string, vars: Readonly<Record<string, unknown>>): string {
  return text.replaceAll(SLOT, (slot, path: string) => {
    if (!PATH.test(path)) throw new Error(`${slot} is more than a variable, which is not supported`);
    const value = valueAt(vars, path) ?? '';
    return typeof value === 'object' ? JSON.stringify(value) : String(value);
  });
}

/** The same for every text within a value. */
export function fill(value: unknown, vars: Readonly<Record<string, unknown>>): unknown {
  if (typeof value === 'string') return fillText(value, vars);
  if (Array.isArray(value)) return value.map((item: unknown) => fill(item, vars));
  if (typeof value === 'object' && value !== null)
    return Object.fromEntries(Object.entries(value).map(([key, inner]) => [key, fill(inner, vars)]));
  return value;
}
