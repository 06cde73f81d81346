import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { readLines } from './request-body.js';

async function* pieces(bytes: Buffer, sizes: readonly number[]) {
  let from = 0;
  for (const size of sizes) {
    yield bytes.subarray(from, from + size);
    from += size;
  }
  yield bytes.subarray(from);
}

const collect = async (source: AsyncIterable<Buffer>) => {
  const lines: string[] = [];
  for await (const line of readLines(source)) lines.push(line.toString());
  return lines;
};

describe('readLines', () => {
  it('finds the same lines however the bytes arrive', async () => {
    const line = fc.string({ unit: 'grapheme' }).filter((text) => text.trim() !== '' && !/[\n\r]/.test(text));
    await fc.assert(
      fc.asyncProperty(fc.array(line), fc.array(fc.nat(20)), async (lines, sizes) => {
        expect(await collect(pieces(Buffer.from(lines.join('\n')), sizes))).toEqual(lines);
      }),
    );
  });

  it('leaves empty lines out and refuses one beyond 1 MiB, with or without its end', async () => {
    expect(await collect(pieces(Buffer.from('a\n\n \r\nb\n'), []))).toEqual(['a', 'b']);
    const long = Buffer.alloc(1024 * 1024 + 1, 'x');
    await expect(collect(pieces(long, [5]))).rejects.toMatchObject({ code: 'PAYLOAD_TOO_LARGE' });
    await expect(collect(pieces(Buffer.concat([long, Buffer.from('\n')]), []))).rejects.toMatchObject({
      code: 'PAYLOAD_TOO_LARGE',
    });
  });
});
