import { afterEach, beforeEach, describe, expect, it, jest } from '@jest/globals';
import { createWheel } from './wheel.js';

describe('the wheel', () => {
  beforeEach(() => {
    jest.useFakeTimers();
  });
  afterEach(() => {
    jest.useRealTimers();
  });

  it('beats each period until it is taken off', () => {
    const wheel = createWheel();
    let beats = 0;
    const stop = wheel.every(3, () => {
      beats += 1;
    });
    jest.advanceTimersByTime(2_999);
    expect(beats).toBe(0);
    jest.advanceTimersByTime(6_001);
    expect(beats).toBe(3);
    stop();
    jest.advanceTimersByTime(30_000);
    expect(beats).toBe(3);
    wheel.stop();
  });

  it('turns on one timer, however many ride on it', () => {
    const wheel = createWheel();
    for (let rider = 0; rider < 1_000; rider += 1) wheel.every(20, () => undefined);
    expect(jest.getTimerCount()).toBe(1);
    wheel.stop();
    expect(jest.getTimerCount()).toBe(0);
  });
});
