import { type ErrorCode, type Fault, fault, isFault } from '../../../agents/contracts/errors.js';

/** Primary result codes, https://sqlite.org/rescode.html */
const BY_PRIMARY_CODE: Readonly<Record<number, ErrorCode>> = {
  5: 'STORE_BUSY', // BUSY
  6: 'STORE_BUSY', // LOCKED
  8: 'STORE_READONLY', // READONLY
  10: 'STORE_READONLY', // IOERR
  11: 'STORE_DAMAGED', // CORRUPT
  13: 'STORE_FULL', // FULL
  14: 'STORE_READONLY', // CANTOPEN
  19: 'CONFLICT', // CONSTRAINT
  26: 'STORE_DAMAGED', // NOTADB
};

/**
 * Only ENOSPC becomes FULL inside SQLite. A quota, a limit on file sizes and a disk without room for the shared-memory
 * file come as these errors, and are mended in the same way.
 */
const BY_EXTENDED_CODE: Readonly<Record<number, ErrorCode>> = {
  778: 'STORE_FULL', // IOERR_WRITE
  4874: 'STORE_FULL', // IOERR_SHMSIZE
};

/** An error of SQLite as a fault; its text stays in the cause. A fault stays itself, anything else is `INTERNAL`. */
export function storeFault(error: unknown): Fault {
  if (isFault(error)) return error;
  const errcode = errcodeOf(error);
  const code = BY_EXTENDED_CODE[errcode] ?? BY_PRIMARY_CODE[errcode & 0xff] ?? 'INTERNAL';
  return fault(code, { cause: error });
}

/** Guards by shape: errors of node:sqlite may come from another realm or, as plain data, from a worker. */
function errcodeOf(error: unknown): number {
  const found = typeof error === 'object' && error !== null && 'errcode' in error ? error.errcode : undefined;
  return typeof found === 'number' ? found : -1;
}
