import { z } from 'zod';
import { fault } from '../../../../agents/contracts/index.js';

/**
 * One file: 8 bytes of mark, the length of the header (uint32, little endian), the header as JSON, the pieces one a line,
 * one half-precision scale a piece, then the rows of signed bytes. Everything after the header is where it says.
 */
const MARK = 'TRIVECT1';
const PREFIX_BYTES = MARK.length + 4;

const headerSchema = z.object({
  /** Names the vectors that are made with this table. */
  name: z.string().min(1),
  dimensions: z.int().min(1).max(4_096),
  pieces: z.int().min(1).max(1_000_000),
  /** Length of the list of pieces in bytes. */
  listBytes: z.int().min(0),
  /** What the table was fitted to, for people. */
  teacher: z.string(),
  texts: z.int().min(0),
  /** Mean cosine with the teacher on texts that were held back, before and after the fit. */
  likeness: z.tuple([z.number(), z.number()]),
});
export type StaticHeader = Omit<z.infer<typeof headerSchema>, 'listBytes'>;

/** A vector for every piece: `rows[piece * dimensions + i] * scales[piece]`. */
export interface StaticTable extends StaticHeader {
  readonly list: readonly string[];
  readonly scales: Float32Array;
  readonly rows: Int8Array;
}

const damaged = (cause?: unknown) =>
  fault('MODEL_UNAVAILABLE', {
    detail: 'The table of the static embedding is damaged.',
    next: 'Put the packaged file back, or make it anew with `triagent embeddings distil`.',
    cause,
  });

/** @throws `MODEL_UNAVAILABLE` for bytes that are no table */
export function readTable(bytes: Uint8Array): StaticTable {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const text = new TextDecoder();
  if (bytes.length < PREFIX_BYTES || text.decode(bytes.subarray(0, MARK.length)) !== MARK) throw damaged();
  const listAt = PREFIX_BYTES + view.getUint32(MARK.length, true);
  const { listBytes, ...header } = parseHeader(text.decode(bytes.subarray(PREFIX_BYTES, listAt)));
  const { pieces, dimensions } = header;
  const scalesAt = listAt + listBytes;
  const rowsAt = scalesAt + pieces * 2;
  if (bytes.length !== rowsAt + pieces * dimensions) throw damaged();
  const list = text.decode(bytes.subarray(listAt, scalesAt)).split('\n');
  if (list.length !== pieces) throw damaged();
  const scales = Float32Array.from({ length: pieces }, (_, piece) =>
    view.getFloat16(scalesAt + piece * 2, true),
  );
  const rows = new Int8Array(bytes.buffer, bytes.byteOffset + rowsAt, pieces * dimensions);
  return { ...header, list, scales, rows };
}

function parseHeader(json: string): z.infer<typeof headerSchema> {
  try {
    return headerSchema.parse(JSON.parse(json));
  } catch (cause) {
    throw damaged(cause);
  }
}

/** The bytes that {@link readTable} reads. */
export function writeTable({ list, scales, rows, ...given }: StaticTable): Uint8Array {
  const text = new TextEncoder();
  const listed = text.encode(list.join('\n'));
  const header = text.encode(JSON.stringify(headerSchema.parse({ ...given, listBytes: listed.length })));
  const prefix = new Uint8Array(PREFIX_BYTES);
  prefix.set(text.encode(MARK));
  new DataView(prefix.buffer).setUint32(MARK.length, header.length, true);
  const halves = new DataView(new ArrayBuffer(scales.length * 2));
  for (const [piece, scale] of scales.entries()) halves.setFloat16(piece * 2, scale, true);
  return Buffer.concat([
    prefix,
    header,
    listed,
    new Uint8Array(halves.buffer),
    new Uint8Array(rows.buffer, rows.byteOffset, rows.length),
  ]);
}
