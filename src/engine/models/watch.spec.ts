import { describe, expect, it } from '@jest/globals';
import { unlessAborted } from './watch.js';

describe('waiting until a signal', () => {
  const reason = new Error('stopped');

  it('hears a promise that fails after the signal was aborted before', async () => {
    const failing = Promise.resolve().then(() => Promise.reject(new Error('too late')));
    await expect(unlessAborted(failing, AbortSignal.abort(reason))).rejects.toBe(reason);
    // A rejection that nobody hears is told a turn of the event loop later, and would fail this test.
    await new Promise((resolve) => setImmediate(resolve));
  });

  it('stops at the signal, else gives what the promise gives', async () => {
    const stop = new AbortController();
    const waiting = unlessAborted(new Promise(() => undefined), stop.signal);
    stop.abort(reason);
    await expect(waiting).rejects.toBe(reason);
    await expect(unlessAborted(Promise.resolve(7), new AbortController().signal)).resolves.toBe(7);
  });
});
