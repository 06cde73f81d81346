import { fault } from '../../../agents/contracts/index.js';

const KEY = /^[\x20-\x7e]{1,255}$/;

/** @throws `INVALID_ARGUMENT` where the header is there and is no key */
export function readIdempotencyKey(header: string | undefined): string | undefined {
  if (header === undefined || KEY.test(header)) return header;
  throw fault('INVALID_ARGUMENT', { detail: 'An Idempotency-Key has 1 to 255 printable ASCII characters.' });
}
