import { DeltaSnapshot } from '@langchain/langgraph-checkpoint';
import { fault } from '../../../agents/contracts/errors.js';

/** `delta` marks LangGraph's snapshot of a delta channel, which wraps a plain value. */
export type ValueKind = 'json' | 'delta';

/** A stored value; null stands for `undefined`, which JSON has no word for. */
export interface StoredValue {
  readonly kind: ValueKind;
  readonly json: string | null;
}

const MAX_DEPTH = 256;

/**
 * Durable state is plain JSON and comes back as the same plain JSON. LangGraph's own serializer revives what looks like
 * one of its `{lc: 1, type: 'constructor', …}` envelopes, also where a user wrote it; here nothing is ever revived.
 *
 * @param name what the value is called in the fault
 * @throws `INTERNAL` naming the place that JSON would lose: BigInt, NaN, a function, an instance of a class, a cycle
 */
export function encodeValue(name: string, value: unknown): StoredValue {
  if (value === undefined) return { kind: 'json', json: null };
  const isDelta = value instanceof DeltaSnapshot;
  const plain: unknown = isDelta ? value.value : value;
  const flaw = flawOf(plain, 0);
  if (flaw !== null) throw fault('INTERNAL', { detail: `The state cannot be stored: ${name}${flaw}.` });
  return { kind: isDelta ? 'delta' : 'json', json: JSON.stringify(plain) };
}

/** The value as it was given to {@link encodeValue}. */
export function decodeValue({ kind, json }: StoredValue): unknown {
  if (json === null) return undefined;
  const value: unknown = JSON.parse(json);
  return kind === 'delta' ? new DeltaSnapshot(value) : value;
}

/** Where and why JSON would not give a value back, such as `.claims[2].score is NaN`; null where it would. */
function flawOf(value: unknown, depth: number): string | null {
  switch (typeof value) {
    case 'string':
    case 'boolean':
      return null;
    case 'number':
      return Number.isFinite(value) ? null : ` is ${value}`;
    case 'object':
      break;
    default:
      return ` is a ${typeof value}`;
  }
  if (value === null) return null;
  if (depth === MAX_DEPTH) return ' contains itself or is nested too deeply';
  return Array.isArray(value) ? flawOfItems(value, depth) : flawOfMembers(value, depth);
}

function flawOfItems(items: readonly unknown[], depth: number): string | null {
  for (let index = 0; index < items.length; index += 1) {
    const flaw = flawOf(items[index], depth + 1);
    if (flaw !== null) return `[${index}]${flaw}`;
  }
  return null;
}

function flawOfMembers(value: object, depth: number): string | null {
  if (!isPlain(value)) return ` is a ${value.constructor?.name || 'class instance'}`;
  for (const [key, member] of Object.entries(value)) {
    // A member that is undefined and one that is absent mean the same here.
    const flaw = member === undefined ? null : flawOf(member, depth + 1);
    if (flaw !== null) return `.${key}${flaw}`;
  }
  return null;
}

/** LangGraph's `Send` turns itself into a plain order; anything else with a prototype of its own would lose it. */
function isPlain(value: object): boolean {
  const prototype: unknown = Object.getPrototypeOf(value);
  return (
    prototype === null ||
    Object.getPrototypeOf(prototype) === null ||
    ('lg_name' in value && value.lg_name === 'Send')
  );
}
