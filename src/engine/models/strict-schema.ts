import type { JsonSchema } from './provider.js';

const isRecord = (value: unknown): value is Readonly<Record<string, unknown>> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

const strict = new WeakMap<JsonSchema, { readonly strict: boolean; readonly schema: JsonSchema }>();

/**
 * A schema as OpenAI's strict mode wants it: every object closed, every property required. A schema that leaves a property
 * open cannot be had that way and is sent as it is, with `strict: false`.
 */
export function strictSchema(schema: JsonSchema): { readonly strict: boolean; readonly schema: JsonSchema } {
  const known = strict.get(schema);
  if (known) return known;
  const isStrict = isClosable(schema);
  const made = { strict: isStrict, schema: isStrict ? closed(schema) : schema };
  strict.set(schema, made);
  return made;
}

function isClosable(node: unknown): boolean {
  if (Array.isArray(node)) return node.every(isClosable);
  if (!isRecord(node)) return true;
  const { properties, required } = node;
  const names = isRecord(properties) ? Object.keys(properties) : [];
  const isWhole =
    names.length === 0 || (Array.isArray(required) && names.every((name) => required.includes(name)));
  const isMap = isRecord(node.additionalProperties) || node.propertyNames !== undefined;
  return isWhole && !isMap && Object.values(node).every(isClosable);
}

function closed(node: JsonSchema): JsonSchema {
  const entries = Object.entries(node).map(([key, value]) => [key, closedValue(value)] as const);
  return { ...Object.fromEntries(entries), ...(node.type === 'object' && { additionalProperties: false }) };
}

const closedValue = (value: unknown): unknown =>
  Array.isArray(value) ? value.map(closedValue) : isRecord(value) ? closed(value) : value;
