import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { basename } from 'node:path';
import { z } from 'zod';
import { fault } from '../../../../agents/contracts/index.js';
import { type LlamaEmbeddingContext, type LlamaModel, loadLlama } from '../../models/llama-cpp.js';
import type { EmbeddingModel, WordPieceModel } from './embedding-model.js';

/** Room for the marks that a model puts around a text. */
const MARKS = 4;
const MOST_TOKENS = 512;

/** Where a BERT model's file keeps its pieces: `▁` begins those that begin a word. */
const bertFile = z.object({
  general: z.object({ architecture: z.literal('bert') }),
  tokenizer: z.object({ ggml: z.object({ tokens: z.array(z.string()) }) }),
});

async function contentHash(path: string): Promise<string> {
  const hash = createHash('sha256');
  try {
    for await (const part of createReadStream(path)) hash.update(part);
  } catch (cause) {
    throw fault('MODEL_UNAVAILABLE', {
      detail: `The model file ${basename(path)} cannot be read.`,
      next: 'Check the path after `gguf:`.',
      cause,
    });
  }
  return hash.digest('hex').slice(0, 12);
}

function piecesOf({ fileInfo }: LlamaModel): readonly string[] | undefined {
  const { data } = bertFile.safeParse(fileInfo.metadata);
  return data?.tokenizer.ggml.tokens.map((piece) => {
    if (piece.startsWith('[') && piece.endsWith(']')) return piece;
    return piece.startsWith('▁') ? piece.slice(1) : `##${piece}`;
  });
}

const unit = (vector: readonly number[]): Float32Array => {
  const length = Math.hypot(...vector) || 1;
  return Float32Array.from(vector, (value) => value / length);
};

/**
 * An embedding model in a GGUF file, in this process. Each thread has a context of its own: that is twice as fast as one
 * context with two threads, and does not suffer on a busy machine.
 * @throws `MODEL_UNAVAILABLE` without the optional package or the file
 */
export async function openGgufModel(path: string, threads = 1): Promise<EmbeddingModel | WordPieceModel> {
  const hash = await contentHash(path);
  const llama = await loadLlama();
  const model = await llama.loadModel({ modelPath: path }).catch((cause: unknown) => {
    throw fault('MODEL_UNAVAILABLE', { detail: `${basename(path)} is no usable GGUF model.`, cause });
  });
  const contextSize = Math.min(model.trainContextSize, MOST_TOKENS);
  const contexts: LlamaEmbeddingContext[] = [];
  for (let made = 0; made < threads; made += 1) {
    contexts.push(await model.createEmbeddingContext({ contextSize, batchSize: contextSize, threads: 1 }));
  }
  const pieces = piecesOf(model);
  const dimensions = model.embeddingVectorSize;
  return {
    name: `gguf:${basename(path)}@${hash}`,
    dimensions,
    ...(pieces && { pieces }),

    async embed(texts, signal) {
      const vectors: Float32Array[] = Array.from({ length: texts.length });
      const waiting = texts.entries();
      await Promise.all(
        contexts.map(async (context) => {
          for (const [index, text] of waiting) {
            signal?.throwIfAborted();
            const tokens = model.tokenize(text).slice(0, contextSize - MARKS);
            vectors[index] =
              tokens.length === 0
                ? new Float32Array(dimensions)
                : unit((await context.getEmbeddingFor(tokens)).vector);
          }
        }),
      );
      return vectors;
    },

    async close() {
      await llama.dispose();
    },
  };
}
