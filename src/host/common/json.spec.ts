import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { isFault } from '../../../agents/contracts/index.js';
import { parseJson } from './json.js';

const bytes = (text: string) => new TextEncoder().encode(text);
const codeOf = (text: string | Uint8Array) => {
  try {
    parseJson(typeof text === 'string' ? bytes(text) : text);
    return null;
  } catch (error) {
    return isFault(error) ? error.code : 'not a fault';
  }
};

const harmless = fc
  .jsonValue({ maxDepth: 5 })
  .filter((value) => !/__proto__|"constructor"|\\u0000|\\ud[89a-f]/.test(JSON.stringify(value)));

describe('parseJson', () => {
  it('gives back every harmless value', () => {
    fc.assert(
      fc.property(harmless, (value) =>
        expect(parseJson(bytes(JSON.stringify(value)))).toEqual(JSON.parse(JSON.stringify(value))),
      ),
    );
  });

  it('answers any bytes with a value or a fault, and leaves prototypes alone', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 64 }), (input) => {
        expect([null, 'INVALID_JSON', 'VALIDATION_FAILED']).toContain(codeOf(input));
        expect(Object.keys(Object.prototype)).toEqual([]);
      }),
    );
  });

  it.each([
    ['{"a":"\\u0000"}', 'VALIDATION_FAILED'],
    ['{"\\u0000":1}', 'VALIDATION_FAILED'],
    ['["\\ud800"]', 'VALIDATION_FAILED'],
    ['{"a":[{"__proto__":1}]}', 'VALIDATION_FAILED'],
    ['{"constructor":{"prototype":1}}', 'VALIDATION_FAILED'],
    ['{"constructor":"a builder"}', null],
    [`${'['.repeat(64)}${']'.repeat(64)}`, null],
    [`${'['.repeat(66)}${']'.repeat(66)}`, 'VALIDATION_FAILED'],
    ['{"a":1', 'INVALID_JSON'],
  ])('judges %s', (text, code) => expect(codeOf(text)).toBe(code));

  it('points at the offence', () => {
    expect(() => parseJson(bytes('{"a/b":[0,{"~":"\\u0000"}]}'))).toThrow(
      expect.objectContaining({ errors: [{ pointer: '/a~1b/1/~0', message: expect.any(String) }] }),
    );
  });
});
