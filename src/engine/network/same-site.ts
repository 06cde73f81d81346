import type { Host } from '../../../agents/contracts/index.js';

/** Second levels under which countries register names: `co.uk`, `com.au`, `gv.at`. */
const SHARED_SECOND_LEVEL = /^(?:com?|org?|net?|edu|gov|gv|gob|gouv|govt|ac|mil|sch|nom|ltd|plc|me|id|info)$/;

/** The part of a name that somebody registered: two labels, three below a shared second level of a country. */
function registeredPart(name: string): string {
  const labels = name.split('.');
  const [second = '', top = ''] = labels.slice(-2);
  const shared = top.length === 2 && SHARED_SECOND_LEVEL.test(second);
  return labels.slice(shared ? -3 : -2).join('.');
}

/**
 * True where both hosts belong to one site, such as `example.com` and `www.example.com`. Without the list of public
 * suffixes this is a rule of thumb; where it is wrong, a redirect within one hosting provider is followed, to public
 * addresses only.
 */
export const isSameSite = (one: Host, other: Host): boolean =>
  one.text === other.text ||
  (one.kind === 'name' && other.kind === 'name' && registeredPart(one.text) === registeredPart(other.text));
