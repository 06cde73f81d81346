import { createHash } from 'node:crypto';

/** SHA-256 of a JSON value as `sha256:HEX`: the same content is recognised when it is taken in again. */
export const contentHash = (content: unknown): string =>
  `sha256:${createHash('sha256').update(JSON.stringify(content)).digest('hex')}`;
