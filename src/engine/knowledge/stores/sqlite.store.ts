import { z } from 'zod';
import type { Clock } from '../../../../agents/ports.js';
import type { Database, Row, SqlValue, Statement } from '../../storage/database.js';
import type { Nearest } from '../../storage/nearest.js';
import { analyse, grams } from '../analysis.js';
import type { DocumentVectors, KeptDocument, KnowledgeStore, PreparedDocument } from '../knowledge-store.js';
import { json } from './json-column.js';
import { createKeptRows } from './kept-rows.js';
import { anyOf, type Shelf, type Shelves, vocabulary } from './shelf.js';
import { likeness, vectorBytes } from './vector-bytes.js';

const texts = z.array(z.string());

const documentRow = z.object({
  number: z.number(),
  id: z.string(),
  collection: z.string(),
  title: z.string(),
  body: z.string(),
  url: z.string().nullable(),
  tags: json(texts),
  groups: json(texts),
  metadata: json(z.record(z.string(), z.unknown())),
  hash: z.string(),
  source: z.string(),
  updated_at: z.number(),
  chunks: json(z.array(z.object({ headings: texts, start: z.number(), end: z.number() }))),
});

const candidateRows = json(
  z.array(
    z.tuple([
      z.string(),
      z.string(),
      z.string(),
      z.number(),
      z.literal([0, 1]),
      z.number(),
      z.string(),
      z.string(),
    ]),
  ),
);

/** Holds for documents without groups, and for those that share a group with the reader's JSON array. */
const readable = (groups: string) => `(d.groups = '[]' OR EXISTS (
  SELECT 1 FROM json_each(d.groups) AS needed JOIN json_each(${groups}) AS held ON held.value = needed.value))`;

const DOCUMENT = `SELECT d.*, (
    SELECT json_group_array(json_object('headings', json(p.headings), 'start', p.start, 'end', p.finish) ORDER BY p.position)
    FROM knowledge_passages AS p WHERE p.document = d.number) AS chunks
  FROM knowledge_documents AS d`;
const BODY = `${DOCUMENT} WHERE d.tenant = ? AND d.id IN (SELECT value FROM json_each(?)) AND ${readable('?')}`;
/** For upkeep only: nobody's eyes see with it. */
const WHOLE = `${DOCUMENT} WHERE d.tenant = ? AND d.id = ?`;

const vectorAt = (position: string) => `hex((SELECT v.vector FROM knowledge_vectors AS v, asked
    WHERE v.document = c.number AND v.position = ${position} AND v.model = asked.model))`;

/**
 * Candidates of all kinds in one answer, as one JSON text because that crosses threads cheapest. FTS5 sorts by its own
 * rank and the joins follow, so that documents are looked up for the best rows only.
 */
const CANDIDATES = ({ words, grams: titles }: Shelf) => `
  WITH asked (tenant, collection, groups, model) AS (SELECT ?, ?, ?, ?),
  visible AS NOT MATERIALIZED (
    SELECT d.* FROM knowledge_documents AS d, asked
    WHERE d.tenant = asked.tenant AND d.collection = coalesce(asked.collection, d.collection)
      AND ${readable('asked.groups')}
  ),
  found (number, id, hash, title, position, is_passage, words) AS (
    SELECT * FROM (
      SELECT d.number, d.id, d.hash, d.title, p.position, 1, -w.rank
      FROM ${words} AS w
      CROSS JOIN knowledge_passages AS p ON p.number = w.rowid
      CROSS JOIN visible AS d ON d.number = p.document
      WHERE ${words} MATCH ? ORDER BY w.rank LIMIT ?)
    UNION ALL
      SELECT d.number, d.id, d.hash, d.title, max(n.value ->> 'position', 0), n.value ->> 'position' >= 0, 0.0
      FROM json_each(?) AS n CROSS JOIN visible AS d ON d.number = n.value ->> 'document'
    UNION ALL SELECT * FROM (
      SELECT d.number, d.id, d.hash, d.title, 0, 0, 0.0
      FROM ${titles} AS g CROSS JOIN visible AS d ON d.number = g.rowid
      WHERE ${titles} MATCH ? ORDER BY g.rank LIMIT ?)
    UNION ALL
      SELECT d.number, d.id, d.hash, d.title, 0, 0, 0.0
      FROM json_each(?) AS named CROSS JOIN visible AS d ON d.id = named.value)
  SELECT json_group_array(json_array(
    id, hash, title, position, is_passage, words, ${vectorAt('c.position')}, ${vectorAt('-1')})) AS found
  FROM found AS c`;

/** Documents that lack the vectors of a model, or have another's. */
const WITHOUT_VECTORS = `SELECT d.tenant, d.id FROM knowledge_documents AS d
  WHERE NOT EXISTS (
    SELECT 1 FROM knowledge_vectors AS v WHERE v.document = d.number AND v.position = -1 AND v.model = ?)
  ORDER BY d.number LIMIT ?`;

/** Puts a document's vectors in the place of those it has. */
function keepVectors(key: readonly SqlValue[], { model, title, passages }: DocumentVectors): Statement[] {
  const own = 'SELECT number FROM knowledge_documents WHERE tenant = ? AND id = ? AND hash = ?';
  return [
    { sql: `DELETE FROM knowledge_vectors WHERE document IN (${own})`, params: key },
    ...[title, ...passages].map((vector, index) => ({
      sql: `INSERT INTO knowledge_vectors (document, position, model, vector) SELECT number, ?, ?, ? FROM (${own})`,
      params: [index - 1, model.name, vectorBytes(vector, model), ...key],
    })),
  ];
}

const VERSION = '(SELECT coalesce(sum(version), 0) FROM knowledge_versions WHERE tenant = ?)';

/** Counts a change of the tenant's knowledge: part of every unit that changes it. */
export const nextVersion = (tenant: string): Statement => ({
  sql: `INSERT INTO knowledge_versions (tenant, version) VALUES (?, 1)
        ON CONFLICT (tenant) DO UPDATE SET version = version + 1`,
  params: [tenant],
});

/** Forgets one document; every statement finds its rows by (tenant, id), so a unit needs no earlier read. */
function forget({ words, grams: titles }: Shelf, tenant: string, id: string): Statement[] {
  const params = [tenant, id];
  const own = 'SELECT number FROM knowledge_documents WHERE tenant = ? AND id = ?';
  return [
    {
      sql: `DELETE FROM ${words} WHERE rowid IN (SELECT number FROM knowledge_passages WHERE document IN (${own}))`,
      params,
    },
    { sql: `DELETE FROM ${titles} WHERE rowid IN (${own})`, params },
    { sql: `DELETE FROM knowledge_vectors WHERE document IN (${own})`, params },
    { sql: `DELETE FROM knowledge_passages WHERE document IN (${own})`, params },
    { sql: 'DELETE FROM knowledge_documents WHERE tenant = ? AND id = ?', params },
  ];
}

function keep(
  { words, grams: titles }: Shelf,
  tenant: string,
  document: PreparedDocument,
  now: number,
): Statement[] {
  const { article, chunks } = document;
  const key: SqlValue[] = [tenant, article.id];
  const terms = chunks.map(({ headings, start, end }) =>
    [headings.join(' '), article.body.slice(start, end)].map((text) => analyse(text).join(' ')),
  );
  return [
    {
      sql: `INSERT INTO knowledge_documents
              (tenant, id, collection, title, body, url, tags, groups, metadata, hash, source, updated_at)
            VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`,
      params: [
        ...key,
        document.collection,
        article.title,
        article.body,
        article.url ?? null,
        JSON.stringify(article.tags ?? []),
        JSON.stringify(article.groups ?? []),
        JSON.stringify(article.metadata ?? {}),
        document.hash,
        document.source,
        now,
      ],
    },
    {
      sql: `INSERT INTO knowledge_passages (document, position, headings, start, finish)
            SELECT d.number, p.key, p.value ->> 'headings', p.value ->> 'start', p.value ->> 'end'
            FROM knowledge_documents AS d CROSS JOIN json_each(?) AS p WHERE d.tenant = ? AND d.id = ?`,
      params: [JSON.stringify(chunks), ...key],
    },
    {
      // The order of the joins is fixed: the other way round reads the whole JSON once a passage.
      sql: `INSERT INTO ${words} (rowid, title, headings, body)
            SELECT own.number, ?, p.value ->> 0, p.value ->> 1
            FROM knowledge_documents AS d CROSS JOIN json_each(?) AS p
            CROSS JOIN knowledge_passages AS own ON own.document = d.number AND own.position = p.key
            WHERE d.tenant = ? AND d.id = ?`,
      params: [analyse(article.title).join(' '), JSON.stringify(terms), ...key],
    },
    {
      sql: `INSERT INTO ${titles} (rowid, title)
            SELECT number, ? FROM knowledge_documents WHERE tenant = ? AND id = ?`,
      params: [grams(article.title).join(' '), ...key],
    },
    ...(document.vectors ? keepVectors([...key, document.hash], document.vectors) : []),
  ];
}

function kept(row: Row): KeptDocument {
  const { chunks, collection, source, hash, updated_at: updatedAt, ...stored } = documentRow.parse(row);
  const { id, title, body, url, tags, groups, metadata } = stored;
  const article = { id, title, body, tags, groups, metadata, ...(url !== null && { url }) };
  return { article, collection, source, hash, chunks, updatedAt };
}

export interface SqliteStoreParts {
  readonly database: Database;
  readonly shelves: Shelves;
  readonly clock: Clock;
  /** Without it nothing is proposed by meaning. */
  readonly nearest?: Nearest;
}

/**
 * The embedded store: SQLite tables for documents and passages, FTS5 for BM25 over words and title n-grams, an exact search
 * over vectors.
 */
export function createSqliteStore({ database, shelves, clock, nearest }: SqliteStoreParts): KnowledgeStore {
  const sizes = new Map<string, { version: number; passages: number }>();

  /** Counting takes a scan, so it is done once a version. */
  async function passagesAt(version: number, tenant: string): Promise<number> {
    const known = sizes.get(tenant);
    if (known?.version === version) return known.passages;
    const rows = await database.read(
      `SELECT count(*) AS passages FROM knowledge_documents AS d
       JOIN knowledge_passages AS p ON p.document = d.number WHERE d.tenant = ?`,
      [tenant],
    );
    const passages = Number(rows[0]?.passages);
    sizes.set(tenant, { version, passages });
    return passages;
  }

  return {
    ...createKeptRows(database, 'knowledge_documents'),

    async put(tenant, documents) {
      const shelf = await shelves.open(tenant);
      const now = clock.now();
      const unit = documents.flatMap((document) => [
        ...forget(shelf, tenant, document.article.id),
        ...keep(shelf, tenant, document, now),
      ]);
      await database.commit([...unit, nextVersion(tenant)]);
    },

    async remove(tenant, ids) {
      const shelf = await shelves.find(tenant);
      if (!shelf || ids.length === 0) return;
      await database.commit([...ids.flatMap((id) => forget(shelf, tenant, id)), nextVersion(tenant)]);
    },

    async get(reader, ids) {
      if (ids.length === 0) return [];
      const params = [reader.tenant, JSON.stringify(ids), JSON.stringify(reader.groups)];
      const rows = await database.read(BODY, params);
      return rows.map(kept);
    },

    async hashOf(reader, id) {
      const rows = await database.read(
        `SELECT d.hash FROM knowledge_documents AS d WHERE d.tenant = ? AND d.id = ? AND ${readable('?')}`,
        [reader.tenant, id, JSON.stringify(reader.groups)],
      );
      return rows[0] && String(rows[0].hash);
    },

    async candidates(reader, { words, titleGrams, ids, limit, collection, meaning }) {
      const shelf = await shelves.find(reader.tenant);
      if (!shelf) return [];
      const near = meaning ? ((await nearest?.find({ ...reader, ...meaning, collection, limit })) ?? []) : [];
      const rows = await database.read(CANDIDATES(shelf), [
        reader.tenant,
        collection ?? null,
        JSON.stringify(reader.groups),
        meaning?.model ?? null,
        anyOf(words),
        limit,
        JSON.stringify(near),
        anyOf(titleGrams),
        limit,
        JSON.stringify(ids),
      ]);
      const like = (hex: string) => (meaning ? likeness(meaning.vector, Buffer.from(hex, 'hex')) : 0);
      return candidateRows
        .parse(rows[0]?.found)
        .map(([documentId, hash, title, position, isPassage, score, passage, heading]) => ({
          documentId,
          hash,
          title,
          position,
          isPassage: isPassage === 1,
          words: score,
          meaning: like(passage),
          titleMeaning: like(heading),
        }));
    },

    async setVectors(tenant, id, hash, vectors) {
      await database.commit([...keepVectors([tenant, id, hash], vectors), nextVersion(tenant)]);
    },

    async withoutVectors(model, limit) {
      const rows = await database.read(WITHOUT_VECTORS, [model, limit]);
      const lacking = rows.map((row) => ({ tenant: String(row.tenant), id: String(row.id) }));
      const documents = await Promise.all(
        lacking.map(async ({ tenant, id }) => {
          const [found] = await database.read(WHOLE, [tenant, id]);
          return found ? [{ tenant, document: kept(found) }] : [];
        }),
      );
      return documents.flat();
    },

    async statistics(tenant, terms) {
      const shelf = await shelves.find(tenant);
      if (!shelf) return { passages: 0, frequencies: new Map() };
      const rows = await database.read(
        `SELECT value AS term, doc, ${VERSION} AS version
         FROM json_each(?) JOIN ${vocabulary(shelf.words)} ON term = value`,
        [tenant, JSON.stringify(terms)],
      );
      return {
        passages: rows[0] ? await passagesAt(Number(rows[0].version), tenant) : 0,
        frequencies: new Map(rows.map((row) => [String(row.term), Number(row.doc)])),
      };
    },

    async version(tenant) {
      const rows = await database.read(`SELECT ${VERSION} AS version`, [tenant]);
      return Number(rows[0]?.version);
    },

    async counts(reader) {
      const rows = await database.read(
        `SELECT count(*) AS articles, coalesce(sum(
           (SELECT count(*) FROM knowledge_passages AS p WHERE p.document = d.number)), 0) AS passages
         FROM knowledge_documents AS d WHERE d.tenant = ? AND ${readable('?')}`,
        [reader.tenant, JSON.stringify(reader.groups)],
      );
      return { articles: Number(rows[0]?.articles ?? 0), passages: Number(rows[0]?.passages ?? 0) };
    },
  };
}
