import { fault } from '../../../../agents/contracts/index.js';
import type { EmbeddingModel } from './embedding-model.js';
import { openGgufModel } from './gguf.model.js';
import { openStaticModel } from './static.model.js';

export interface OpenOptions {
  /** Threads of a model in this process; one by default. */
  readonly threads?: number;
}

type Open = (rest: string, options: OpenOptions) => Promise<EmbeddingModel>;

/** How a model of each kind is opened, by what stands before the colon of its spec. */
const KINDS: Readonly<Record<string, Open>> = {
  static: (file) => openStaticModel(file || undefined),
  gguf: (file, { threads }) => openGgufModel(file, threads),
};

/**
 * The embedding model of a spec: `static`, `static:FILE` or `gguf:FILE`.
 * @throws `MODEL_SPEC_INVALID` for another spec, `MODEL_UNAVAILABLE` where something is missing
 */
export async function openEmbeddingModel(spec: string, options: OpenOptions = {}): Promise<EmbeddingModel> {
  const [kind = '', ...rest] = spec.split(':');
  const open = Object.hasOwn(KINDS, kind) ? KINDS[kind] : undefined;
  if (!open) {
    throw fault('MODEL_SPEC_INVALID', {
      detail: 'This is no embedding model that can be used here.',
      next: `Use one of ${Object.keys(KINDS).join(', ')}.`,
    });
  }
  return open(rest.join(':'), options);
}
