import type { Runbook } from './runbook.js';
import { address, connection, dns, http, SILENT } from './signs.js';
import {
  ASK_FOR_PAGE,
  ASK_PLAINLY,
  INSPECT_CERTIFICATE,
  LOOK_UP_ADDRESS,
  LOOK_UP_ALIAS,
  TRY_OTHER_PORT,
} from './steps.js';

const UNRESOLVED = dns({ type: ['A'], status: ['nxdomain', 'servfail', 'refused', 'timeout', 'error'] });
const DOUBTED = http({
  verification: [
    ...['CERT_HAS_EXPIRED', 'CERT_NOT_YET_VALID', 'ERR_TLS_CERT_ALTNAME_INVALID'],
    ...['DEPTH_ZERO_SELF_SIGNED_CERT', 'SELF_SIGNED_CERT_IN_CHAIN'],
    ...['UNABLE_TO_VERIFY_LEAF_SIGNATURE', 'UNABLE_TO_GET_ISSUER_CERT_LOCALLY'],
  ],
});
/** A site or a server does not open, and nobody knows more. */
export const SITE_UNREACHABLE: Runbook = {
  description: 'a web site or a server is down, does not open, does not load or cannot be reached',
  symptoms: [
    /\b(?:down|unreachable|offline|not available|unavailable|nicht erreichbar|nede|injoignable)\b/i,
    /\b(?:cannot|can't|cant|can not|not|n't|unable to)\b.{0,30}\b(?:open|reach\w*|load|access|connect\w*|work\w*|respond\w*)/i,
    /\bERR_CONNECTION\w*|\bECONN[A-Z]+\b|\bETIMEDOUT\b|\bconnection (?:is )?(?:refused|reset|timed out)/i,
    /\b(?:blank|white|empty) page\b|\btimes? out\b|\btimed out\b|\bgeht nicht\b|\bvirker ikke\b/i,
  ],
  causes: {
    'works from here': 0.08,
    'service not running': 0.15,
    'name does not exist': 0.1,
    'host down or not reachable': 0.1,
    'backend not available': 0.1,
    'application error on the server': 0.06,
    'server certificate expired': 0.06,
    'DNS server failing': 0.05,
    'connection broken on the way': 0.05,
    'port blocked': 0.05,
    'DNS record missing': 0.03,
    'another service on that port': 0.03,
    'access refused by the site': 0.02,
    'page not found': 0.02,
    'alias leads nowhere': 0.02,
    'redirect loop': 0.02,
  },
  steps: [
    LOOK_UP_ADDRESS,
    { ...LOOK_UP_ALIAS, when: [address('nxdomain')] },
    { ...ASK_FOR_PAGE, unless: [UNRESOLVED] },
    { ...TRY_OTHER_PORT, when: [SILENT] },
    { ...ASK_PLAINLY, when: [connection('handshake failed')] },
    { ...INSPECT_CERTIFICATE, when: [DOUBTED] },
  ],
};
