const isRecord = (value: unknown): value is Readonly<Record<string, unknown>> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

/** What node-llama-cpp's grammars know of JSON schema; the strict parse afterwards checks the rest. */
const KNOWN = new Set([
  ...['type', 'properties', 'required', 'items', 'prefixItems', 'minItems', 'maxItems', 'enum', 'const'],
  ...['oneOf', 'additionalProperties', 'minLength', 'maxLength', 'description'],
]);

/** A JSON schema as a grammar can be made of it: alternatives are `oneOf`, and what no grammar can say is left out. */
export function grammarSchema(node: unknown): unknown {
  if (!isRecord(node)) return node;
  const entries = Object.entries(node).flatMap(([key, value]): [string, unknown][] => {
    if (key === 'anyOf' || key === 'oneOf')
      return [['oneOf', Array.isArray(value) ? value.map(grammarSchema) : value]];
    if (key === 'properties' && isRecord(value))
      return [
        [key, Object.fromEntries(Object.entries(value).map(([name, child]) => [name, grammarSchema(child)]))],
      ];
    return KNOWN.has(key) ? [[key, key === 'items' ? grammarSchema(value) : value]] : [];
  });
  return Object.fromEntries(entries);
}
