import { daysFromNow, type Issued, issue } from '../certificates.js';

/** The authority that the simulated world trusts. */
export const ROOT = issue({ name: 'Larkfield Root', authority: true });
export const ISSUING = issue({ name: 'Larkfield Issuing CA 2', issuer: ROOT, authority: true });

export interface Validity {
  /** Days from now. */
  readonly from?: number;
  readonly to?: number;
}

/** A certificate for the name with the chain that a careful operator sends. */
export function chainFor(name: string, { from = -10, to = 80 }: Validity = {}): readonly Issued[] {
  const leaf = issue({
    ...{ name, issuer: ISSUING, dnsNames: [name] },
    ...{ from: daysFromNow(from), to: daysFromNow(to) },
  });
  return [leaf, ISSUING];
}

/** A certificate that vouches for itself. */
export const selfSignedFor = (name: string): readonly Issued[] => [issue({ name, dnsNames: [name] })];
