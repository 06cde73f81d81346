import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { eventData } from './sse.js';

async function* pieces(bytes: Uint8Array, cuts: readonly number[]) {
  const places = [...new Set(cuts.map((cut) => cut % (bytes.length + 1)))].sort((a, b) => a - b);
  let start = 0;
  for (const end of [...places, bytes.length]) {
    yield bytes.subarray(start, end);
    start = end;
  }
}

async function read(text: string | Uint8Array, cuts: readonly number[] = []) {
  const found: string[] = [];
  const bytes = typeof text === 'string' ? Buffer.from(text) : text;
  for await (const data of eventData(pieces(bytes, cuts))) found.push(data);
  return found;
}

describe('eventData', () => {
  it('gives the same events however the bytes are cut and the lines are ended', async () => {
    const data = fc.string({ unit: 'grapheme' }).filter((text) => !/[\r\n]/.test(text));
    await fc.assert(
      fc.asyncProperty(
        fc.array(fc.array(data, { minLength: 1, maxLength: 3 }), { maxLength: 6 }),
        fc.constantFrom('\n', '\r\n', '\r'),
        fc.array(fc.nat()),
        async (events, end, cuts) => {
          const text = events
            .map(
              (lines) =>
                `: a comment${end}id: 1${end}${lines.map((line) => `data: ${line}${end}`).join('')}${end}`,
            )
            .join('');
          expect(await read(text, cuts)).toEqual(events.map((lines) => lines.join('\n')));
        },
      ),
    );
  });

  it('drops an event that nothing ends', async () => {
    expect(await read('data: 1\n\ndata: 2\n')).toEqual(['1']);
  });

  it('refuses bytes that are no UTF-8', async () => {
    await expect(read(Buffer.from([0x64, 0x61, 0xff, 0xfe, 0x0a]))).rejects.toMatchObject({
      code: 'MODEL_BAD_RESPONSE',
    });
  });
});
