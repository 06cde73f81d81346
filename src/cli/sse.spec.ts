import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { sseData } from './sse.js';

async function* cut(bytes: Uint8Array, sizes: readonly number[]): AsyncGenerator<Uint8Array> {
  let from = 0;
  for (const size of sizes) {
    yield bytes.subarray(from, from + size);
    from += size;
  }
  yield bytes.subarray(from);
}

describe('sseData', () => {
  it('gives each event whole, however the bytes are cut and the lines end', async () => {
    const text = fc.string({ unit: 'grapheme' }).map((line) => line.replaceAll(/[\r\n]/g, ''));
    await fc.assert(
      fc.asyncProperty(
        fc.array(fc.array(text, { minLength: 1, maxLength: 3 }), { maxLength: 5 }),
        fc.constantFrom('\n', '\r\n', '\r'),
        fc.array(fc.nat(9)),
        async (events, end, sizes) => {
          const wire = events.flatMap((lines) => [
            ': heartbeat',
            'id: 7',
            ...lines.map((line) => `data: ${line}`),
            '',
          ]);
          // A lone CR at the very end could still become CRLF, so a reader must wait for one more byte.
          const bytes = new TextEncoder().encode(`${[...wire, ': end'].join(end)}${end}`);
          const heard: string[] = [];
          for await (const data of sseData(cut(bytes, sizes))) heard.push(data);
          expect(heard).toEqual(events.map((lines) => lines.join('\n')));
        },
      ),
    );
  });
});
