import { type Fault, fault } from '../../../agents/contracts/index.js';

const MIB = 1024 * 1024;
export const NDJSON_BYTES = 256 * MIB;
const LINE_BYTES = MIB;
const LINE_FEED = 0x0a;
/** Space, tab, line feed, carriage return: what JSON allows around a value. */
const BLANKS: ReadonlySet<number> = new Set([0x20, 0x09, 0x0a, 0x0d]);

export const tooLarge = (limit: number, what: string): Fault =>
  fault('PAYLOAD_TOO_LARGE', { detail: `${what} may have at most ${limit / MIB} MiB.` });

/** Gathers the pieces of one line; of one that grows too long nothing is kept but that it did. */
class OpenLine {
  #pieces: Buffer[] = [];
  #bytes = 0;

  add(piece: Buffer): void {
    if (piece.length === 0) return;
    this.#bytes += piece.length;
    if (this.#bytes <= LINE_BYTES) this.#pieces.push(piece);
    else this.#pieces = [];
  }

  /** The line, a fault where it was too long, nothing where it was blank; and begins anew. */
  close(): Buffer | Fault | null {
    if (this.#bytes === 0) return null;
    const line = this.#bytes > LINE_BYTES ? tooLarge(LINE_BYTES, 'A line') : Buffer.concat(this.#pieces);
    this.#pieces = [];
    this.#bytes = 0;
    return line instanceof Uint8Array && line.every((byte) => BLANKS.has(byte)) ? null : line;
  }
}

/**
 * Lines of a stream without their line ends, blank ones left out. A line beyond 1 MiB is a fault in its place; never
 * holds more than one line.
 * @throws `PAYLOAD_TOO_LARGE` beyond `most` bytes in all, by default 256 MiB
 */
export async function* readLines(
  stream: AsyncIterable<Buffer>,
  most = NDJSON_BYTES,
): AsyncGenerator<Buffer | Fault> {
  const open = new OpenLine();
  let total = 0;
  for await (const chunk of stream) {
    total += chunk.length;
    if (total > most) throw tooLarge(most, 'The body');
    let from = 0;
    for (let end = chunk.indexOf(LINE_FEED); end >= 0; end = chunk.indexOf(LINE_FEED, from)) {
      open.add(chunk.subarray(from, end));
      from = end + 1;
      const line = open.close();
      if (line) yield line;
    }
    open.add(chunk.subarray(from));
  }
  const last = open.close();
  if (last) yield last;
}
