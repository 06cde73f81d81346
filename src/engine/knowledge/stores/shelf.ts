import { createHash } from 'node:crypto';
import type { Database, Statement } from '../../storage/database.js';

/** The names of a tenant's own full-text tables. */
export interface Shelf {
  /** Passages: title, headings, body as terms of the analysis; rowid is the passage's number. */
  readonly words: string;
  /** Documents: n-grams of the title; rowid is the document's number. */
  readonly grams: string;
  /** Solved tickets: subject, body as terms; rowid is the ticket's number. */
  readonly tickets: string;
}

/** How often a passage's title and headings count beside its body; likewise a ticket's subject. */
const WORD_WEIGHTS = '4.0, 2.0, 1.0';
const TICKET_WEIGHTS = '2.0, 1.0';

/** The terms come from the shared analysis: the tokenizer only splits at spaces. The texts themselves are kept once. */
const OPTIONS = `content = '', contentless_delete = 1, tokenize = "unicode61 remove_diacritics 0 tokenchars '_'"`;

const create = ({ words, grams, tickets }: Shelf): readonly Statement[] =>
  [
    `CREATE VIRTUAL TABLE IF NOT EXISTS ${words} USING fts5(title, headings, body, ${OPTIONS})`,
    `CREATE VIRTUAL TABLE IF NOT EXISTS ${grams} USING fts5(title, ${OPTIONS})`,
    `CREATE VIRTUAL TABLE IF NOT EXISTS ${tickets} USING fts5(subject, body, ${OPTIONS})`,
    `CREATE VIRTUAL TABLE IF NOT EXISTS ${vocabulary(words)} USING fts5vocab(${words}, row)`,
    `CREATE VIRTUAL TABLE IF NOT EXISTS ${vocabulary(tickets)} USING fts5vocab(${tickets}, row)`,
    `INSERT INTO ${words} (${words}, rank) VALUES ('rank', 'bm25(${WORD_WEIGHTS})')`,
    `INSERT INTO ${tickets} (${tickets}, rank) VALUES ('rank', 'bm25(${TICKET_WEIGHTS})')`,
  ].map((sql) => ({ sql }));

/** The table that lists a full-text table's terms with the number of rows that hold each. */
export const vocabulary = (table: string): string => `${table}_terms`;

/** A query for rows that hold any of the terms; quoting makes them literal, as they hold letters, digits and `_` only. */
export const anyOf = (terms: readonly string[]): string =>
  terms.length === 0 ? '""' : terms.map((term) => `"${term}"`).join(' OR ');

/** Each tenant's full-text tables. */
export interface Shelves {
  /** The tenant's tables, or undefined while nothing was ever put there. */
  find(tenant: string): Promise<Shelf | undefined>;
  /** The tenant's tables, made where they are missing. */
  open(tenant: string): Promise<Shelf>;
}

/** Names hold a digest because a tenant's name may hold any character. */
function named(tenant: string): Shelf {
  const key = createHash('sha256').update(tenant).digest('hex').slice(0, 24);
  return { words: `words_${key}`, grams: `grams_${key}`, tickets: `tickets_${key}` };
}

/** One set of full-text tables a tenant: BM25's statistics are a table's, so they tell nothing of other tenants. */
export function createShelves(database: Database): Shelves {
  const made = new Map<string, Shelf>();

  async function find(tenant: string): Promise<Shelf | undefined> {
    const known = made.get(tenant);
    if (known) return known;
    const shelf = named(tenant);
    const rows = await database.read('SELECT 1 FROM sqlite_schema WHERE name = ?', [
      vocabulary(shelf.tickets),
    ]);
    if (rows.length === 0) return undefined;
    made.set(tenant, shelf);
    return shelf;
  }

  return {
    find,
    async open(tenant) {
      const found = await find(tenant);
      if (found) return found;
      const shelf = named(tenant);
      // A unit of its own: SQLite cannot undo an FTS5 table that was made and filled under one savepoint.
      await database.commit(create(shelf));
      made.set(tenant, shelf);
      return shelf;
    },
  };
}
