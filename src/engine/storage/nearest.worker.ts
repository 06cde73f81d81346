import { DatabaseSync } from 'node:sqlite';
import { parentPort, workerData } from 'node:worker_threads';

/*
 * Exact search over all vectors of a tenant, on a thread and a connection of its own. Needs nothing but Node, so that it
 * runs both built and, with its types stripped, straight from its source.
 */

export interface NearestSetup {
  readonly file: string;
}

export interface NearestQuery {
  readonly tenant: string;
  readonly groups: readonly string[];
  /** Undefined for every collection. */
  readonly collection: string | undefined;
  readonly model: string;
  readonly vector: Float32Array;
  /** Most passages, and most titles. */
  readonly limit: number;
}

/** Where a vector is kept; position -1 is a document's title. */
export interface NearestHit {
  readonly document: number;
  readonly position: number;
}

export type NearestOrder = { readonly id: number; readonly query: NearestQuery } | 'close';
export type NearestReport =
  | { readonly id: number; readonly hits: readonly NearestHit[] }
  | { readonly id: number; readonly problem: string };

const TITLE = -1;
const SCALE_BYTES = 4;
const FIRST_ROWS = 1_024;

/** Documents that the same readers see have one class. */
interface Visibility {
  readonly collection: string;
  readonly groups: readonly string[];
}

/** The vectors of one tenant and model, one slot each, dense. */
interface Shelf {
  version: number;
  count: number;
  dimensions: number;
  rows: Int8Array;
  scales: Float32Array;
  documents: Float64Array;
  positions: Int32Array;
  classes: Int32Array;
  /** Document numbers whose vectors are here. */
  readonly held: Set<number>;
  readonly visibilities: Visibility[];
  readonly classOf: Map<string, number>;
}

const emptyShelf = (dimensions: number): Shelf => ({
  version: -1,
  count: 0,
  dimensions,
  rows: new Int8Array(FIRST_ROWS * dimensions),
  scales: new Float32Array(FIRST_ROWS),
  documents: new Float64Array(FIRST_ROWS),
  positions: new Int32Array(FIRST_ROWS),
  classes: new Int32Array(FIRST_ROWS),
  held: new Set(),
  visibilities: [],
  classOf: new Map(),
});

type Numbers = Int8Array | Int32Array | Float32Array | Float64Array;

function grown<T extends Numbers>(old: T, made: T): T {
  made.set(old);
  return made;
}

function grow(shelf: Shelf): void {
  const size = shelf.count * 2;
  shelf.rows = grown(shelf.rows, new Int8Array(size * shelf.dimensions));
  shelf.scales = grown(shelf.scales, new Float32Array(size));
  shelf.documents = grown(shelf.documents, new Float64Array(size));
  shelf.positions = grown(shelf.positions, new Int32Array(size));
  shelf.classes = grown(shelf.classes, new Int32Array(size));
}

function classFor(shelf: Shelf, collection: string, groups: string): number {
  const key = JSON.stringify([collection, groups]);
  const known = shelf.classOf.get(key);
  if (known !== undefined) return known;
  const made = shelf.visibilities.push({ collection, groups: JSON.parse(groups) as string[] }) - 1;
  shelf.classOf.set(key, made);
  return made;
}

function add(shelf: Shelf, document: number, position: number, kind: number, bytes: Uint8Array): void {
  if (bytes.length !== SCALE_BYTES + shelf.dimensions) return;
  if (shelf.count === shelf.scales.length) grow(shelf);
  const slot = shelf.count;
  shelf.count += 1;
  shelf.scales[slot] = new DataView(bytes.buffer, bytes.byteOffset).getFloat32(0, true);
  shelf.rows.set(
    new Int8Array(bytes.buffer, bytes.byteOffset + SCALE_BYTES, shelf.dimensions),
    slot * shelf.dimensions,
  );
  shelf.documents[slot] = document;
  shelf.positions[slot] = position;
  shelf.classes[slot] = kind;
}

/** Closes the gaps that documents leave which are no longer there. */
function drop(shelf: Shelf, isThere: ReadonlySet<number>): void {
  const { rows, scales, documents, positions, classes, dimensions } = shelf;
  let kept = 0;
  for (let slot = 0; slot < shelf.count; slot += 1) {
    if (!isThere.has(documents[slot] ?? 0)) continue;
    if (kept < slot) {
      rows.copyWithin(kept * dimensions, slot * dimensions, (slot + 1) * dimensions);
      for (const column of [scales, documents, positions, classes]) column[kept] = column[slot] ?? 0;
    }
    kept += 1;
  }
  shelf.count = kept;
  for (const document of shelf.held) if (!isThere.has(document)) shelf.held.delete(document);
}

/** The `limit` best slots of one kind so far, as a heap with the worst on top. */
function createBest(limit: number) {
  const slots: number[] = [];
  const scores: number[] = [];
  const swap = (a: number, b: number) => {
    [slots[a], slots[b]] = [slots[b] ?? 0, slots[a] ?? 0];
    [scores[a], scores[b]] = [scores[b] ?? 0, scores[a] ?? 0];
  };
  const sink = () => {
    for (let at = 0; ; ) {
      let least = at;
      for (const child of [2 * at + 1, 2 * at + 2]) {
        if (child < slots.length && (scores[child] ?? 0) < (scores[least] ?? 0)) least = child;
      }
      if (least === at) return;
      swap(at, least);
      at = least;
    }
  };
  const rise = () => {
    for (let at = slots.length - 1; at > 0; ) {
      const parent = (at - 1) >> 1;
      if ((scores[parent] ?? 0) <= (scores[at] ?? 0)) return;
      swap(at, parent);
      at = parent;
    }
  };
  return {
    slots,
    offer(slot: number, score: number) {
      if (slots.length < limit) {
        slots.push(slot);
        scores.push(score);
        rise();
      } else if (score > (scores[0] ?? 0)) {
        slots[0] = slot;
        scores[0] = score;
        sink();
      }
    },
  };
}

/** Four sums at once: the processor need not wait for one addition to begin the next. */
function dot(rows: Int8Array, from: number, asked: Float64Array): number {
  let [a, b, c, d] = [0, 0, 0, 0];
  const whole = asked.length & ~3;
  let at = 0;
  for (; at < whole; at += 4) {
    a += (rows[from + at] as number) * (asked[at] as number);
    b += (rows[from + at + 1] as number) * (asked[at + 1] as number);
    c += (rows[from + at + 2] as number) * (asked[at + 2] as number);
    d += (rows[from + at + 3] as number) * (asked[at + 3] as number);
  }
  for (; at < asked.length; at += 1) a += (rows[from + at] as number) * (asked[at] as number);
  return a + b + c + d;
}

function scan(shelf: Shelf, query: NearestQuery): NearestHit[] {
  const { rows, scales, positions, classes, documents, dimensions, count } = shelf;
  const groups = new Set(query.groups);
  const isVisible = shelf.visibilities.map(
    ({ collection, groups: needed }) =>
      (query.collection === undefined || query.collection === collection) &&
      (needed.length === 0 || needed.some((group) => groups.has(group))),
  );
  const asked = Float64Array.from(query.vector);
  const passages = createBest(query.limit);
  const titles = createBest(query.limit);
  for (let slot = 0; slot < count; slot += 1) {
    if (!isVisible[classes[slot] ?? 0]) continue;
    const sum = dot(rows, slot * dimensions, asked);
    if (sum <= 0) continue;
    (positions[slot] === TITLE ? titles : passages).offer(slot, sum * (scales[slot] ?? 0));
  }
  return [...passages.slots, ...titles.slots].map((slot) => ({
    document: documents[slot] ?? 0,
    position: positions[slot] ?? 0,
  }));
}

function serve({ file }: NearestSetup, port: NonNullable<typeof parentPort>): void {
  const db = new DatabaseSync(file, { readOnly: true });
  const versionOf = db.prepare(
    'SELECT coalesce(sum(version), 0) AS version FROM knowledge_versions WHERE tenant = ?',
  );
  const documentsOf = db.prepare(
    'SELECT number, collection, groups FROM knowledge_documents WHERE tenant = ?',
  );
  const vectorsOf = db.prepare(
    'SELECT position, vector FROM knowledge_vectors WHERE document = ? AND model = ?',
  );
  const shelves = new Map<string, Shelf>();

  /** Brings a tenant's shelf up to date. A document that changes gets a new number, so numbers tell what is missing. */
  function refresh(shelf: Shelf, tenant: string, model: string): void {
    db.exec('BEGIN');
    try {
      const version = Number(versionOf.get(tenant)?.version);
      if (version === shelf.version) return;
      const documents = documentsOf.all(tenant);
      drop(shelf, new Set(documents.map(({ number }) => Number(number))));
      for (const { number, collection, groups } of documents) {
        const document = Number(number);
        if (shelf.held.has(document)) continue;
        const vectors = vectorsOf.all(document, model);
        if (vectors.length === 0) continue;
        const kind = classFor(shelf, String(collection), String(groups));
        for (const { position, vector } of vectors)
          add(shelf, document, Number(position), kind, vector as Uint8Array);
        shelf.held.add(document);
      }
      shelf.version = version;
    } finally {
      db.exec('COMMIT');
    }
  }

  function find(query: NearestQuery): NearestHit[] {
    const key = JSON.stringify([query.tenant, query.model]);
    const shelf = shelves.get(key) ?? emptyShelf(query.vector.length);
    shelves.set(key, shelf);
    refresh(shelf, query.tenant, query.model);
    return scan(shelf, query);
  }

  const report = (message: NearestReport) => port.postMessage(message);
  port.on('message', (order: NearestOrder) => {
    if (order === 'close') {
      db.close();
      port.close();
      return;
    }
    const { id, query } = order;
    try {
      report({ id, hits: find(query) });
    } catch (error) {
      report({ id, problem: String(error) });
    }
  });
}

if (parentPort) serve(workerData as NearestSetup, parentPort);
