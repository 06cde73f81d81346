import { fault } from '../../../agents/contracts/index.js';

const MAX_DEPTH = 64;
const utf8 = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });

const pointerTo = (path: string, key: string | number): string =>
  `${path}/${String(key).replaceAll('~', '~0').replaceAll('/', '~1')}`;

const refuse = (pointer: string, message: string): never => {
  throw fault('VALIDATION_FAILED', {
    detail: `At ${pointer || '/'}: ${message}`,
    errors: [{ pointer, message }],
  });
};

const checkText = (text: string, pointer: string): void => {
  if (text.includes('\0')) refuse(pointer, 'contains a NUL character');
  if (!text.isWellFormed()) refuse(pointer, 'contains half of a surrogate pair');
};

const checkKey = (key: string, value: unknown, pointer: string): void => {
  checkText(key, pointer);
  const reachesPrototype =
    key === 'constructor' && typeof value === 'object' && value !== null && Object.hasOwn(value, 'prototype');
  if (key === '__proto__' || reachesPrototype) refuse(pointer, 'is a key that reaches a prototype');
};

/**
 * Refuses what no client has a reason to send and what hurts further in: NUL, lone surrogates, keys that reach
 * a prototype, nesting beyond 64.
 * @throws `VALIDATION_FAILED` with the JSON Pointer of the first offence.
 */
export function refuseHostile(value: unknown): void {
  const open: { value: unknown; pointer: string; depth: number }[] = [{ value, pointer: '', depth: 0 }];
  for (let item = open.pop(); item !== undefined; item = open.pop()) {
    if (typeof item.value === 'string') checkText(item.value, item.pointer);
    if (typeof item.value !== 'object' || item.value === null) continue;
    if (item.depth === MAX_DEPTH) refuse(item.pointer, `is nested deeper than ${MAX_DEPTH}`);
    for (const [key, child] of Object.entries(item.value)) {
      const pointer = pointerTo(item.pointer, key);
      checkKey(key, child, pointer);
      open.push({ value: child, pointer, depth: item.depth + 1 });
    }
  }
}

/**
 * Bytes as the JSON value that they spell, not yet safe to hand on.
 * @throws `INVALID_JSON`, also for bytes that are not UTF-8
 */
export function decodeJson(bytes: Uint8Array): unknown {
  try {
    return JSON.parse(utf8.decode(bytes));
  } catch (error) {
    // The engine's own message quotes the input; the reader gets the plain sentence of the catalogue.
    throw fault('INVALID_JSON', { cause: error });
  }
}

/**
 * Bytes from outside as a JSON value that is safe to hand on.
 * @throws `INVALID_JSON`, or `VALIDATION_FAILED` as {@link refuseHostile} does
 */
export function parseJson(bytes: Uint8Array): unknown {
  const value = decodeJson(bytes);
  refuseHostile(value);
  return value;
}
