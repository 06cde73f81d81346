import type { Migration } from './migration.js';

/**
 * What documents mean, as vectors: one for the title at position -1 and one for each passage. A vector is a scale (float32,
 * little endian) and signed bytes; an empty one says that the text means nothing to the model.
 */
export const vectors: Migration = {
  id: 6,
  name: 'vectors',
  sql: `
    CREATE TABLE knowledge_vectors (
      document INTEGER NOT NULL REFERENCES knowledge_documents (number) ON DELETE CASCADE,
      position INTEGER NOT NULL,
      model    TEXT    NOT NULL,
      vector   BLOB    NOT NULL,
      PRIMARY KEY (document, position)
    ) STRICT, WITHOUT ROWID;
  `,
};
