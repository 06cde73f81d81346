/** One step of the schema. A released step never changes; a later one mends it. */
export interface Migration {
  /** Ascending; the highest one applied is the file's `PRAGMA user_version`. */
  readonly id: number;
  readonly name: string;
  /** One or more statements, run once, inside the transaction of all pending steps. */
  readonly sql: string;
}
