import { describe, expect, it } from '@jest/globals';
import { readPrecondition } from './precondition.js';

const holds = (ifMatch: string | undefined, ifNoneMatch: string | undefined, etag: string | null) =>
  readPrecondition({ ifMatch, ifNoneMatch })(etag);

describe('precondition', () => {
  it.each([
    ['"a"', undefined, 'a', true],
    ['"b", "a"', undefined, 'a', true],
    ['"b"', undefined, 'a', false],
    ['W/"a"', undefined, 'a', false],
    ['"a"', undefined, null, false],
    ['*', undefined, 'a', true],
    ['*', undefined, null, false],
    [undefined, '*', null, true],
    [undefined, '*', 'a', false],
  ])('If-Match %j, If-None-Match %j, ETag %j: %j', (ifMatch, ifNoneMatch, etag, expected) => {
    expect(holds(ifMatch, ifNoneMatch, etag)).toBe(expected);
  });

  it('must be there', () => {
    expect(() => holds(undefined, undefined, 'a')).toThrow(/PRECONDITION_REQUIRED/);
  });

  it.each([
    ['a', undefined],
    ['"a" "b"', undefined],
    ['', undefined],
    [undefined, '"a"'],
  ])('refuses If-Match %j, If-None-Match %j', (ifMatch, ifNoneMatch) => {
    expect(() => holds(ifMatch, ifNoneMatch, 'a')).toThrow(/INVALID_ARGUMENT/);
  });
});
