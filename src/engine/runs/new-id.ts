import { randomUUID } from 'node:crypto';

/**
 * A UUID that sorts by its time (version 7 of RFC 9562): what is accepted together lies together in every index, so a
 * commit touches a few pages and not a few for each row.
 *
 * @param at milliseconds since the Unix epoch
 */
export function newId(at: number): string {
  const time = at.toString(16).padStart(12, '0');
  return `${time.slice(0, 8)}-${time.slice(8)}-7${randomUUID().slice(15)}`;
}
