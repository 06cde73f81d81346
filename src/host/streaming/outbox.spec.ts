import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { z } from 'zod';
import type { LoggedEvent } from '../../engine/runtime.js';
import { createOutbox, OUTBOX_BYTES, type Wire } from './outbox.js';

const event = (
  seq: number,
  method: LoggedEvent['method'],
  data: unknown,
  node = 'resolver',
): LoggedEvent => ({
  seq,
  eventId: `e${seq}`,
  runId: 'r',
  method,
  name: null,
  namespace: [],
  json: JSON.stringify({
    type: 'event',
    event_id: `e${seq}`,
    seq,
    method,
    params: { namespace: [], timestamp: seq, node, data },
  }),
});
const delta = (seq: number, text: string, node?: string) =>
  event(
    seq,
    'messages',
    { event: 'content-block-delta', index: 0, delta: { type: 'text-delta', text } },
    node,
  );

const tick = () => new Promise((resolve) => setImmediate(resolve));

/** A reader that takes nothing until it is told to. */
function reader() {
  const written: string[] = [];
  let blocked = false;
  const seen = { behind: 0, caughtUp: 0 };
  const wire: Wire = {
    pending: () => (blocked ? Number.POSITIVE_INFINITY : 0),
    write: (frame) => written.push(frame),
    batch: (writes) => writes(),
  };
  const outbox = createOutbox(wire, {
    onBehind: () => (seen.behind += 1),
    onCaughtUp: () => (seen.caughtUp += 1),
  });
  return {
    outbox,
    written,
    seen,
    async block() {
      blocked = true;
      outbox.push('"first"');
      await tick();
    },
    release() {
      blocked = false;
      outbox.drained();
    },
  };
}

const frame = z.object({
  seq: z.number(),
  event_id: z.string(),
  params: z.object({ data: z.object({ delta: z.object({ text: z.string() }) }) }),
});

describe('the outbox', () => {
  it('hands a reader who keeps up exactly what it was given', async () => {
    const { outbox, written } = reader();
    const events = [delta(1, 'a'), delta(2, 'b'), event(3, 'values', {}), event(4, 'values', {})];
    for (const each of events) expect(outbox.offer(each)).toBe(true);
    await tick();
    expect(written).toEqual(events.map(({ json }) => json));
    expect(outbox.bytes).toBe(0);
  });

  it('joins neighbouring deltas of one message for a slow reader, whatever their text', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(fc.string({ unit: 'grapheme' }), { minLength: 1, maxLength: 20 }),
        async (texts) => {
          const slow = reader();
          await slow.block();
          for (const [index, text] of texts.entries()) slow.outbox.offer(delta(index + 1, text));
          slow.release();
          const [, joined, ...more] = slow.written;
          const { seq, event_id, params } = frame.parse(JSON.parse(joined ?? ''));
          expect(more).toEqual([]);
          expect({ seq, event_id, text: params.data.delta.text }).toEqual({
            seq: texts.length,
            event_id: `e${texts.length}`,
            text: texts.join(''),
          });
          expect(slow.outbox.bytes).toBe(0);
        },
      ),
      { numRuns: 30 },
    );
  });

  it('keeps texts of two messages and what stands between them apart', async () => {
    const slow = reader();
    await slow.block();
    const events = [delta(1, 'a'), delta(2, 'b', 'critic'), event(3, 'tools', {}), delta(4, 'c', 'critic')];
    for (const each of events) slow.outbox.offer(each);
    slow.release();
    expect(slow.written.slice(1)).toEqual(events.map(({ json }) => json));
  });

  it('keeps only the newest values', async () => {
    const slow = reader();
    await slow.block();
    const [first, between, last] = [
      event(1, 'values', { n: 1 }),
      event(2, 'lifecycle', {}),
      event(3, 'values', { n: 2 }),
    ];
    for (const each of [first, between, last]) slow.outbox.offer(each);
    slow.release();
    expect(slow.written.slice(1)).toEqual([between?.json, last?.json]);
  });

  it('never holds more than its limit, and says so', async () => {
    const slow = reader();
    await slow.block();
    const large = event(1, 'tools', 'x'.repeat(OUTBOX_BYTES / 2));
    const taken = [1, 2, 3].map(() => slow.outbox.offer(large));
    expect(taken).toEqual([true, false, false]);
    expect(slow.outbox.bytes).toBeLessThanOrEqual(OUTBOX_BYTES);
    slow.release();
    expect(slow.seen).toEqual({ behind: 1, caughtUp: 1 });
    expect(slow.outbox.offer(large)).toBe(true);
  });
});
