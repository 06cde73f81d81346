import { describe, expect, it } from '@jest/globals';
import { readWait } from './prefer.js';

describe('the preference to wait', () => {
  it.each([
    ['wait=5', 5],
    ['WAIT = 5', 5],
    ['wait="5"', 5],
    ['respond-async, wait=0', 0],
    ['respond-async;foo, wait=7; bar', 7],
    ['wait=999999', 60],
  ])('reads %s', (header, seconds) => expect(readWait(header)).toBe(seconds));

  it.each([undefined, '', 'respond-async', 'wait', 'wait=', 'wait=-1', 'wait=1.5', 'wait=x', 'await=5'])(
    'ignores %s',
    (header) => expect(readWait(header)).toBeNull(),
  );
});
