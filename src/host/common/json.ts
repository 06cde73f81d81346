import { isUtf8 } from 'node:buffer';
import { fault } from '../../../agents/contracts/index.js';

const MAX_DEPTH = 64;

/** A value with the way to it, which is spelled out only where something is refused. */
interface Place {
  readonly value: unknown;
  readonly key: string;
  readonly parent: Place | null;
  readonly depth: number;
}

const pointerTo = ({ key, parent }: Place): string =>
  parent ? `${pointerTo(parent)}/${key.replaceAll('~', '~0').replaceAll('/', '~1')}` : '';

const refuse = (place: Place, message: string): never => {
  const pointer = pointerTo(place);
  throw fault('VALIDATION_FAILED', {
    detail: `At ${pointer || '/'}: ${message}`,
    errors: [{ pointer, message }],
  });
};

const checkText = (text: string, place: Place): void => {
  if (text.includes('\0')) refuse(place, 'contains a NUL character');
  if (!text.isWellFormed()) refuse(place, 'contains half of a surrogate pair');
};

const checkKey = (place: Place): void => {
  const { key, value } = place;
  checkText(key, place);
  const reachesPrototype =
    key === 'constructor' && typeof value === 'object' && value !== null && Object.hasOwn(value, 'prototype');
  if (key === '__proto__' || reachesPrototype) refuse(place, 'is a key that reaches a prototype');
};

/**
 * Refuses what no client has a reason to send and what hurts further in: NUL, lone surrogates, keys that reach
 * a prototype, nesting beyond 64.
 * @throws `VALIDATION_FAILED` with the JSON Pointer of the first offence.
 */
export function refuseHostile(value: unknown): void {
  const open: Place[] = [{ value, key: '', parent: null, depth: 0 }];
  for (let place = open.pop(); place !== undefined; place = open.pop()) {
    if (typeof place.value === 'string') checkText(place.value, place);
    if (typeof place.value !== 'object' || place.value === null) continue;
    if (place.depth === MAX_DEPTH) refuse(place, `is nested deeper than ${MAX_DEPTH}`);
    for (const [key, child] of Object.entries(place.value)) {
      const below: Place = { value: child, key, parent: place, depth: place.depth + 1 };
      checkKey(below);
      open.push(below);
    }
  }
}

/**
 * Bytes as the JSON value that they spell, not yet safe to hand on.
 * @throws `INVALID_JSON`, also for bytes that are not UTF-8
 */
export function decodeJson(bytes: Uint8Array): unknown {
  if (!isUtf8(bytes)) throw fault('INVALID_JSON', { detail: 'The body is not UTF-8.' });
  try {
    return JSON.parse(Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString());
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
