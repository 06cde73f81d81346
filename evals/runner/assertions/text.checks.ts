import { isDeepStrictEqual } from 'node:util';
import { type Check, textValue } from './check.js';
import { commaValues } from './comma-values.js';
import { editDistance } from './edit-distance.js';

const identity = (text: string) => text;
const lower = (text: string) => text.toLowerCase();

const contains =
  (fold: (text: string) => string): Check =>
  ({ text, value }) => {
    const part = textValue(value, 'text or number');
    return { holds: fold(text).includes(fold(part)), reason: `contains “${part}”` };
  };

const containsOf =
  (fold: (text: string) => string, quantifier: 'some' | 'every'): Check =>
  ({ text, value }) => {
    const parts: unknown = typeof value === 'string' && value !== '' ? commaValues(value) : value;
    if (!Array.isArray(parts)) throw new Error('the assertion needs a list as its value');
    const folded = fold(text);
    const isThere = (part: unknown) => folded.includes(fold(String(part)));
    const missing = parts.filter((part) => !isThere(part));
    return {
      holds: quantifier === 'every' ? missing.length === 0 : missing.length < parts.length,
      reason: missing.length === 0 ? 'contains all' : `does not contain ${missing.join(', ')}`,
    };
  };

const parsed = (text: string): unknown => {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
};

/** Checks of the output's text. */
export const TEXT_CHECKS: Readonly<Record<string, Check>> = {
  equals: ({ text, value }) => ({
    holds: typeof value === 'object' ? isDeepStrictEqual(value, parsed(text)) : String(value) === text,
    reason: `equals ${typeof value === 'object' ? JSON.stringify(value) : `“${value}”`}`,
  }),
  contains: contains(identity),
  icontains: contains(lower),
  'contains-any': containsOf(identity, 'some'),
  'icontains-any': containsOf(lower, 'some'),
  'contains-all': containsOf(identity, 'every'),
  'icontains-all': containsOf(lower, 'every'),
  regex({ text, value }) {
    const pattern = textValue(value);
    try {
      return { holds: new RegExp(pattern).test(text), reason: `matches ${pattern}` };
    } catch (error) {
      return { holds: false, final: true, reason: `no regular expression: ${String(error)}` };
    }
  },
  'starts-with': ({ text, value }) => {
    const start = textValue(value);
    return { holds: text.startsWith(start), reason: `starts with “${start}”` };
  },
  levenshtein({ text, value, threshold = 5 }) {
    if (typeof value !== 'string') throw new Error('the assertion needs a text as its value');
    const distance = editDistance(text, value);
    return { holds: distance <= threshold, reason: `distance ${distance}, threshold ${threshold}` };
  },
};
