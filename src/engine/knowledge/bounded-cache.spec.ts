import { describe, expect, it } from '@jest/globals';
import { createBoundedCache } from './bounded-cache.js';

describe('createBoundedCache', () => {
  it('forgets what was used least recently once it is full', () => {
    const cache = createBoundedCache<string>(6, ({ length }) => length);
    cache.set('a', 'xx');
    cache.set('b', 'xx');
    cache.get('a');
    cache.set('c', 'xxx');
    expect([cache.get('a'), cache.get('b'), cache.get('c')]).toEqual(['xx', undefined, 'xxx']);
  });

  it('counts a replaced value once, and does not keep what alone is too large', () => {
    const cache = createBoundedCache<string>(6, ({ length }) => length);
    for (let round = 0; round < 9; round += 1) cache.set('a', 'xxx');
    cache.set('b', 'xxx');
    expect([cache.get('a'), cache.get('b')]).toEqual(['xxx', 'xxx']);
    cache.set('c', 'x'.repeat(7));
    expect(cache.get('c')).toBeUndefined();
  });
});
