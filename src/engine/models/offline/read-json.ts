import { type Block, type Entry, entryOf, listing, prose } from './blocks.js';

export const isRecord = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

const isScalar = (value: unknown): value is string | number | boolean =>
  typeof value === 'string' || typeof value === 'number' || typeof value === 'boolean';

/** A JSON object in a text, or undefined. */
export function parseObject(text: string): Record<string, unknown> | undefined {
  if (!/^\s*\{/.test(text)) return undefined;
  try {
    const value: unknown = JSON.parse(text);
    return isRecord(value) ? value : undefined;
  } catch {
    // Text that only looks like JSON is text.
    return undefined;
  }
}

function recordEntry(record: Record<string, unknown>): Entry {
  const fields: Record<string, string> = {};
  let nested: Record<string, unknown> | undefined;
  for (const [name, value] of Object.entries(record)) {
    if (isScalar(value)) fields[name] = String(value);
    else if (isRecord(value)) {
      nested ??= value;
      fields[name] = Object.entries(value)
        .map(([key, inner]) => `${key}: ${String(inner)}`)
        .join('; ');
    } else if (Array.isArray(value)) fields[name] = value.filter(isScalar).join(', ');
    const inner = typeof value === 'string' ? parseObject(value) : undefined;
    if (inner) nested ??= inner;
  }
  return entryOf(fields, undefined, nested);
}

/** The blocks of a JSON value: arrays of objects are records, objects of texts are definitions. */
export function readJson(value: unknown, name: string, depth = 0): Block[] {
  if (typeof value === 'string') return [prose(name, value, true)];
  if (Array.isArray(value)) {
    const entries = value.flatMap((item: unknown) => {
      if (isRecord(item)) return [recordEntry(item)];
      return isScalar(item) ? [{ key: String(item), text: '', fields: {} }] : [];
    });
    return entries.length > 0 ? [listing(name, entries)] : [];
  }
  if (!isRecord(value)) return [];
  const members = Object.entries(value);
  if (depth > 0 && members.length > 0 && members.every(([, member]) => isScalar(member))) {
    return [
      listing(
        name,
        members.map(([key, member]) => ({ key, text: String(member), fields: {} })),
      ),
    ];
  }
  if (depth > 0 && members.length > 1 && members.every(([, member]) => isRecord(member))) {
    const entries = members.map(([key, member]) => ({ ...recordEntry(isRecord(member) ? member : {}), key }));
    return [listing(name, entries)];
  }
  return members.flatMap(([key, member]) => readJson(member, `${name} ${key}`.trim(), depth + 1));
}

/**
 * The JSON value that begins at line `from`, with the line after it; undefined where those lines are no JSON. Several
 * objects a line each (JSON Lines) are one array.
 */
export function jsonAt(lines: readonly string[], from: number): { value: unknown; next: number } | undefined {
  const first = valueAt(lines, from);
  if (!first || !isRecord(first.value) || first.next !== from + 1) return first;
  const rows = [first.value];
  let next = first.next;
  for (;;) {
    const row = parseObject(lines[next] ?? '');
    if (!row) break;
    rows.push(row);
    next += 1;
  }
  return rows.length > 1 ? { value: rows, next } : first;
}

function valueAt(lines: readonly string[], from: number): { value: unknown; next: number } | undefined {
  if (!/^\s*[[{]/.test(lines[from] ?? '')) return undefined;
  let depth = 0;
  for (let index = from; index < lines.length; index += 1) {
    const bare = (lines[index] ?? '').replace(/"(?:[^"\\]|\\.)*"/g, '');
    depth += (bare.match(/[[{]/g)?.length ?? 0) - (bare.match(/[\]}]/g)?.length ?? 0);
    if (depth > 0) continue;
    try {
      return { value: JSON.parse(lines.slice(from, index + 1).join('\n')) as unknown, next: index + 1 };
    } catch {
      // Brackets that balance without being JSON are text.
      return undefined;
    }
  }
  return undefined;
}
