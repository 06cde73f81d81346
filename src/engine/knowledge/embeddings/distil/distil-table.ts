import { rename, writeFile } from 'node:fs/promises';
import { basename } from 'node:path';
import { fault } from '../../../../../agents/contracts/index.js';
import { hasWordPieces } from '../embedding-model.js';
import { openEmbeddingModel } from '../open-model.js';
import { openStaticModel } from '../static.model.js';
import { type StaticHeader, writeTable } from '../static-table.js';
import { sampleTexts, textsOf } from './corpus.js';
import { type DistilStage, distil } from './distil.js';
import { openTeacherCache } from './teacher-cache.js';

export type { StaticHeader } from '../static-table.js';
export type { DistilStage } from './distil.js';

export interface CorpusFile {
  /** Its ending tells the format: Markdown, text, HTML or JSON Lines. */
  readonly name: string;
  readonly bytes: Uint8Array;
}

export interface DistilTable {
  /** Spec of the embedding model that teaches. */
  readonly teacher: string;
  readonly corpus: AsyncIterable<CorpusFile>;
  /** File of the table. */
  readonly out: string;
  /** Folder of what the teacher has said; a run that was broken off goes on from there. */
  readonly cache: string;
  readonly dimensions: number;
  /** Texts of the corpus that are read at most. */
  readonly limit: number;
  /** Threads of a teacher in this process. */
  readonly threads: number;
  readonly onProgress?: (stage: DistilStage, done: number, total: number) => void;
}

/** Fewer say too little of too few words. */
const FEWEST_TEXTS = 200;

/**
 * Fits a static table to a teacher on the texts of a corpus and writes it. The table cuts words as the teacher does, or like
 * the packaged table where the teacher does not say how.
 * @throws `INPUT_UNREADABLE` for a corpus with too few texts, `MODEL_…` where the teacher does not answer
 */
export async function distilTable(options: DistilTable): Promise<StaticHeader> {
  const { out, dimensions, onProgress } = options;
  const texts = await readCorpus(options.corpus, options.limit);
  const teacher = await openEmbeddingModel(options.teacher, { threads: options.threads });
  try {
    const { pieces } = hasWordPieces(teacher) ? teacher : await openStaticModel();
    const cache = await openTeacherCache(options.cache, teacher);
    try {
      const table = await distil({
        teacher,
        cache,
        pieces,
        texts,
        dimensions,
        ...(onProgress && { onProgress }),
      });
      await replaceFile(out, writeTable(table));
      const { list: _list, scales: _scales, rows: _rows, ...header } = table;
      return header;
    } finally {
      await cache.close();
    }
  } finally {
    await teacher.close();
  }
}

async function readCorpus(files: AsyncIterable<CorpusFile>, limit: number): Promise<readonly string[]> {
  const found: string[] = [];
  for await (const { name, bytes } of files) for (const text of textsOf(name, bytes)) found.push(text);
  const texts = sampleTexts(found, limit);
  if (texts.length >= FEWEST_TEXTS) return texts;
  throw fault('INPUT_UNREADABLE', {
    detail: `The corpus holds ${texts.length} different texts; a table needs ${FEWEST_TEXTS} at least.`,
    next: 'Name more Markdown, text, HTML or JSONL files with --corpus.',
  });
}

/** Whole or not at all: a table that is in use is never half a file. */
async function replaceFile(path: string, bytes: Uint8Array): Promise<void> {
  try {
    await writeFile(`${path}.part`, bytes);
    await rename(`${path}.part`, path);
  } catch (cause) {
    throw fault('INPUT_UNREADABLE', { detail: `${basename(path)} cannot be written.`, cause });
  }
}
