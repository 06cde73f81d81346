import type { Runbook } from './runbook.js';
import { address, dns } from './signs.js';
import { LOOK_UP_ADDRESS, LOOK_UP_ALIAS, LOOK_UP_IPV6, TRY_PORT } from './steps.js';

const FOUND = address('ok');

/** A name cannot be resolved. */
export const DNS_FAILURE: Runbook = {
  description: 'a host name cannot be found or resolved, or DNS gives an error',
  symptoms: [
    /\b(?:nxdomain|servfail|dns\w*|nslookup|dig)\b|DNS_PROBE\w*/i,
    /\bresolv\w+|\bnot (?:be )?resolve|\baufgelöst\b/i,
    /\bERR_NAME_NOT_RESOLVED\b|\bENOTFOUND\b|\bgetaddrinfo\b|\bunknown host\b|\bno such host\b/i,
    /\b(?:server|host|name|domain)\b.{0,30}\b(?:not|cannot be|can't be) found\b/i,
  ],
  causes: {
    'works from here': 0.06,
    'name does not exist': 0.3,
    'DNS server failing': 0.2,
    'DNS record missing': 0.12,
    'alias leads nowhere': 0.06,
    'service not running': 0.06,
    'host down or not reachable': 0.04,
    'port blocked': 0.02,
  },
  steps: [
    LOOK_UP_ADDRESS,
    { ...LOOK_UP_IPV6, when: [dns({ type: ['A'], status: ['nodata'] })] },
    { ...LOOK_UP_ALIAS, when: [address('nxdomain')] },
    { ...TRY_PORT, when: [FOUND] },
  ],
};
