import { describe, expect, it } from '@jest/globals';
import type { Principal } from '../../../agents/contracts/index.js';
import type { Wheel } from '../streaming/wheel.js';
import { createRunRate } from './run-rate.js';

const principal = (id: string): Principal => ({ id, tenant: 't', groups: [], role: 'user' });

/** A wheel that is turned by hand. */
const handWheel = () => {
  const beats: (() => void)[] = [];
  const wheel: Wheel = {
    every(_seconds, beat) {
      beats.push(beat);
      return () => undefined;
    },
    stop: () => undefined,
  };
  const turn = (): void => {
    for (const beat of beats) beat();
  };
  return { wheel, turn };
};

const startsOf = (rate: ReturnType<typeof createRunRate>, id: string): number => {
  for (let count = 0; count < 10_000; count += 1) {
    try {
      rate.take(principal(id));
    } catch {
      return count;
    }
  }
  return Number.POSITIVE_INFINITY;
};

describe('the rate at which keys start runs', () => {
  it('lets a burst through, then what each second gives back, each key on its own', () => {
    const { wheel, turn } = handWheel();
    const rate = createRunRate(wheel);
    const first = startsOf(rate, 'a');
    const other = startsOf(rate, 'b');
    turn();
    expect({ first, other, after: startsOf(rate, 'a') }).toEqual({ first: 2_000, other: 2_000, after: 100 });
  });

  it('says what is left and when to come back', () => {
    const { wheel, turn } = handWheel();
    const rate = createRunRate(wheel);
    rate.take(principal('a'));
    expect(rate.headers(principal('a'))).toEqual({
      'RateLimit-Policy': '"runs";q=2000;w=20',
      RateLimit: '"runs";r=1999;t=1',
    });
    startsOf(rate, 'a');
    expect(() => rate.take(principal('a'))).toThrow(
      expect.objectContaining({ code: 'RATE_LIMITED', retryAfterSeconds: 1 }),
    );
    for (let second = 0; second < 20; second += 1) turn();
    expect(rate.headers(principal('a')).RateLimit).toBe('"runs";r=2000;t=1');
  });
});
