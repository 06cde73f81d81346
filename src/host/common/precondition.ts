import { fault } from '../../../agents/contracts/index.js';

/** Says whether a resource may be changed from the state with this ETag; null where it does not exist yet. */
export type Precondition = (etag: string | null) => boolean;

const ENTITY_TAG = /^(W\/)?"([\x21\x23-\x7e\x80-\xff]*)"$/;

/**
 * Reads `If-Match` and `If-None-Match: *` (RFC 9110 §13.1). Tags are compared strongly: a weak one never matches.
 * @throws `PRECONDITION_REQUIRED` where neither is there (RFC 6585 §3), `INVALID_ARGUMENT` where one is malformed
 */
export function readPrecondition(headers: {
  readonly ifMatch: string | undefined;
  readonly ifNoneMatch: string | undefined;
}): Precondition {
  const { ifMatch, ifNoneMatch } = headers;
  if (ifMatch !== undefined) {
    if (ifMatch.trim() === '*') return (etag) => etag !== null;
    const tags = ifMatch.split(',').map((given) => {
      const [whole, weak, tag] = ENTITY_TAG.exec(given.trim()) ?? [];
      if (whole === undefined)
        throw fault('INVALID_ARGUMENT', { detail: '`If-Match` holds entity tags in quotes, or `*`.' });
      return weak ? null : tag;
    });
    return (etag) => etag !== null && tags.includes(etag);
  }
  if (ifNoneMatch === undefined) throw fault('PRECONDITION_REQUIRED');
  if (ifNoneMatch.trim() !== '*')
    throw fault('INVALID_ARGUMENT', {
      detail: '`If-None-Match` can only be `*` here: create, never replace.',
    });
  return (etag) => etag === null;
}

/** An ETag as its header shows it. */
export const entityTag = (etag: string): string => `"${etag}"`;
