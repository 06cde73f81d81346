import { fault } from '../../../../agents/contracts/index.js';
import type { EmbeddingModel } from '../embeddings/embedding-model.js';

/** A vector as it is kept: its scale as a float32, then a signed byte a dimension. */
export type VectorBytes = Uint8Array;

const SCALE_BYTES = 4;
const LARGEST_BYTE = 127;

/**
 * A quarter of a float32 vector's size; the cosine changes by less than 0.01. A vector of zeros gives no bytes: it says
 * nothing.
 * @throws `MODEL_BAD_RESPONSE` for a vector of the wrong size, or with a value that is no number
 */
export function vectorBytes(
  vector: Float32Array,
  { name, dimensions }: Pick<EmbeddingModel, 'name' | 'dimensions'>,
): VectorBytes {
  if (vector.length !== dimensions || !vector.every(Number.isFinite)) {
    throw fault('MODEL_BAD_RESPONSE', {
      detail: `${name} gave a vector that is none of ${dimensions} numbers.`,
    });
  }
  const largest = vector.reduce((most, value) => Math.max(most, Math.abs(value)), 0);
  if (largest === 0) return new Uint8Array(0);
  const scale = largest / LARGEST_BYTE;
  const bytes = new Uint8Array(SCALE_BYTES + dimensions);
  new DataView(bytes.buffer).setFloat32(0, scale, true);
  bytes.set(new Uint8Array(Int8Array.from(vector, (value) => Math.round(value / scale)).buffer), SCALE_BYTES);
  return bytes;
}

/** Dot product of a vector with a kept one; 0 where either says nothing. */
export function likeness(vector: Float32Array, kept: VectorBytes): number {
  if (kept.length !== SCALE_BYTES + vector.length) return 0;
  const scale = new DataView(kept.buffer, kept.byteOffset).getFloat32(0, true);
  let sum = 0;
  for (let at = 0; at < vector.length; at += 1) {
    const byte = kept[SCALE_BYTES + at] ?? 0;
    sum += (vector[at] ?? 0) * (byte > LARGEST_BYTE ? byte - 256 : byte);
  }
  return sum * scale;
}
