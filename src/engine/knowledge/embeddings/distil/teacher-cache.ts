import { createHash } from 'node:crypto';
import { mkdir, open } from 'node:fs/promises';
import { join } from 'node:path';
import { fault } from '../../../../../agents/contracts/index.js';
import type { EmbeddingModel } from '../embedding-model.js';

const KEY_BYTES = 16;
const BATCH = 256;
const READ_RECORDS = 2_048;

const digest = (text: string) => createHash('sha256').update(text).digest();
const keyOf = (text: string) => digest(text).toString('latin1', 0, KEY_BYTES);

/** What a teacher has said so far, on disk: asked once for each text, whatever happens in between. */
export interface TeacherCache {
  /** Asks the teacher for every text that is not yet known. @param onProgress - texts known, of all */
  learn(texts: readonly string[], onProgress?: (done: number, total: number) => void): Promise<void>;
  /** Vectors of texts that were learned, one row a text. */
  rows(texts: readonly string[]): Promise<Float32Array>;
  close(): Promise<void>;
}

/**
 * Opens the cache of one teacher in a folder: one file of records, 16 bytes of the text's SHA-256 and the vector as
 * half-precision floats. A record that was cut off by a crash is cut away.
 */
export async function openTeacherCache(folder: string, teacher: EmbeddingModel): Promise<TeacherCache> {
  await mkdir(folder, { recursive: true });
  const name = digest(teacher.name).toString('hex', 0, 8);
  const file = await open(join(folder, `teacher-${name}.f16`), 'a+');
  const { dimensions } = teacher;
  const size = KEY_BYTES + dimensions * 2;
  let records = Math.floor((await file.stat()).size / size);
  await file.truncate(records * size);

  const recordOf = (text: string, vector: Float32Array | undefined) => {
    if (vector?.length !== dimensions || !vector.every(Number.isFinite)) {
      throw fault('MODEL_BAD_RESPONSE', {
        detail: `${teacher.name} gave a vector that is none of ${dimensions} numbers.`,
      });
    }
    return Buffer.concat([
      digest(text).subarray(0, KEY_BYTES),
      new Uint8Array(Float16Array.from(vector).buffer),
    ]);
  };

  const known = new Map<string, number>();
  await scan((key, at) => known.set(key, at));

  async function scan(visit: (key: string, at: number, record: Uint8Array) => void): Promise<void> {
    const block = Buffer.alloc(READ_RECORDS * size);
    for (let from = 0; from < records; from += READ_RECORDS) {
      const count = Math.min(READ_RECORDS, records - from);
      await file.read(block, 0, count * size, from * size);
      for (let index = 0; index < count; index += 1) {
        const record = block.subarray(index * size, (index + 1) * size);
        visit(record.toString('latin1', 0, KEY_BYTES), from + index, record);
      }
    }
  }

  return {
    async learn(texts, onProgress = () => {}) {
      const missing = [...new Set(texts)].filter((text) => !known.has(keyOf(text)));
      const had = texts.length - missing.length;
      for (let from = 0; from < missing.length; from += BATCH) {
        onProgress(had + from, texts.length);
        const batch = missing.slice(from, from + BATCH);
        const vectors = await teacher.embed(batch);
        const made = batch.map((text, index) => recordOf(text, vectors[index]));
        await file.appendFile(Buffer.concat(made));
        for (const text of batch) {
          known.set(keyOf(text), records);
          records += 1;
        }
      }
      await file.datasync();
      onProgress(texts.length, texts.length);
    },

    async rows(texts) {
      const wanted = new Map<number, number[]>();
      texts.forEach((text, row) => {
        const at = known.get(keyOf(text)) ?? -1;
        wanted.set(at, [...(wanted.get(at) ?? []), row]);
      });
      const matrix = new Float32Array(texts.length * dimensions);
      await scan((_key, at, record) => {
        const rows = wanted.get(at);
        if (!rows) return;
        const vector = new Float16Array(Uint8Array.from(record.subarray(KEY_BYTES)).buffer);
        for (const row of rows) matrix.set(vector, row * dimensions);
      });
      return matrix;
    },

    close: () => file.close(),
  };
}
