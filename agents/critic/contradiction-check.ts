import type { Claim, Issue, Observation } from '../contracts/index.js';

interface Rule {
  /** What a claim says… */
  readonly says: RegExp;
  /** …and the fact of an observation that tells otherwise. */
  readonly fact: string;
  readonly is: RegExp;
}

/** Statements about the world that a tool can refute. Data: one row a statement. */
const RULES: readonly Rule[] = [
  {
    says: /certificate\b.{0,60}\b(?:is (?:still )?valid(?! until)|has not expired|is fine|is trusted)/iu,
    fact: 'verification',
    is: /^(?!ok$)/iu,
  },
  { says: /certificate\b.{0,60}\b(?:has|is) expired/iu, fact: 'verification', is: /^ok$/iu },
  { says: /\b(?:name|host|domain|record)\b.{0,60}\bdoes not exist/iu, fact: 'status', is: /^ok$/iu },
  { says: /\b(?:name|host|domain)\b.{0,60}\bresolves\b/iu, fact: 'status', is: /^(?:nxdomain|nodata)$/iu },
];

/** Claims about a host that an observation of that same host contradicts. */
export function checkContradictions(claims: readonly Claim[], observations: readonly Observation[]): Issue[] {
  return claims.flatMap((claim, index) =>
    observations.flatMap((observation): Issue[] => {
      const host = observation.target.toLowerCase().replace(/:\d+$/, '');
      if (!claim.text.toLowerCase().includes(host)) return [];
      const refuting = RULES.find(({ says, fact, is }) => {
        const value = observation.facts[fact];
        return value !== undefined && says.test(claim.text) && is.test(value);
      });
      return refuting
        ? [
            {
              kind: 'contradicted',
              claim: index,
              detail: `${observation.tool} says otherwise: ${observation.summary}`,
            },
          ]
        : [];
    }),
  );
}
