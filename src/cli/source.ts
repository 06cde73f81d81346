/** Something to read: its bytes are fetched only when its turn has come. */
export interface Source {
  /** As the user wrote it, or below the folder that the user named. */
  readonly path: string;
  /** Address of the page, where it is one. */
  readonly url?: string;
  /**
   * The name is that below what was named: ids are made from it, and its ending tells the format.
   * @throws `INPUT_UNREADABLE`, and for an address what its fetching throws
   */
  load(): Promise<{ readonly name: string; readonly bytes: Uint8Array }>;
}
