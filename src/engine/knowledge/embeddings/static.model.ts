import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fault } from '../../../../agents/contracts/index.js';
import { packageRoot } from '../../../config/package-root.js';
import type { WordPieceModel } from './embedding-model.js';
import { createStaticEmbedding } from './static-embedding.js';
import { readTable } from './static-table.js';

/** The table that comes with Triagent; models/README.md says what it was made from. */
const PACKAGED = join(packageRoot(), 'models', 'static-en.table');

/**
 * The embedding that needs nothing: a table of word pieces, read once.
 * @throws `MODEL_UNAVAILABLE` where the file is missing or no table
 */
export async function openStaticModel(file: string = PACKAGED): Promise<WordPieceModel> {
  const bytes = await readFile(file).catch((cause: unknown) => {
    throw fault('MODEL_UNAVAILABLE', {
      detail: 'The table of the static embedding cannot be read.',
      next: 'Check the path, or set `knowledge.embeddings: none`.',
      cause,
    });
  });
  const table = readTable(bytes);
  const embedding = createStaticEmbedding(table);
  return {
    name: embedding.name,
    dimensions: embedding.dimensions,
    pieces: table.list,
    embed: async (texts) => texts.map(embedding.embed),
    close: async () => {},
  };
}
