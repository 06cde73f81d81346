import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { isFault } from '../../../agents/contracts/index.js';
import { readLines } from './ndjson.js';

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
  for await (const line of readLines(source)) lines.push(isFault(line) ? line.code : line.toString());
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

  it('leaves blank lines out', async () => {
    expect(await collect(pieces(Buffer.from('a\n\n \r\nb\n'), []))).toEqual(['a', 'b']);
  });

  it('says of a line beyond 1 MiB that it is one, and goes on with the next', async () => {
    const longest = 'y'.repeat(1024 * 1024);
    const long = `${longest}x`;
    const body = Buffer.from(['a', long, 'b', longest, long].join('\n'));
    expect(await collect(pieces(body, [5, 1024 * 1024]))).toEqual([
      'a',
      'PAYLOAD_TOO_LARGE',
      'b',
      longest,
      'PAYLOAD_TOO_LARGE',
    ]);
  });

  it('ends a body beyond 256 MiB', async () => {
    const mebibyte = Buffer.alloc(1024 * 1024, 'x');
    const endless = (async function* () {
      for (;;) yield mebibyte;
    })();
    await expect(collect(endless)).rejects.toMatchObject({ code: 'PAYLOAD_TOO_LARGE' });
  });
});
