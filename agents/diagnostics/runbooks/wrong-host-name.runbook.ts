import type { Runbook } from './runbook.js';
import { address, CONNECTED } from './signs.js';
import { ASK_FOR_PAGE, INSPECT_CERTIFICATE, LOOK_UP_ADDRESS, LOOK_UP_ALIAS } from './steps.js';

const MISSING = address('nxdomain', 'nodata');

/** A name that is mistyped, not set up, or leads to the site of somebody else. */
export const WRONG_HOST_NAME: Runbook = {
  description: 'a host name seems to be wrong, mistyped, not set up, or leads to another site',
  symptoms: [
    /\b(?:wrong|misspel\w+|mistyped|incorrect|old|new) (?:host ?name|domain|name|address|url|link|site|server)\b/i,
    /\bcname\b|\balias\b/i,
    /\b(?:another|different|wrong|someone else's) (?:site|website|page|company)\b/i,
    /\b(?:host ?name|domain)\b.{0,40}\b(?:does not|doesn't|not) (?:exist|match|found|fit)/i,
    /\bcertificate (?:is )?for (?:another|a different)\b|\bname mismatch\b|ERR_CERT_COMMON_NAME_INVALID/i,
  ],
  causes: {
    'works from here': 0.06,
    'name does not exist': 0.3,
    'certificate for another name': 0.2,
    'alias leads nowhere': 0.12,
    'page not found': 0.1,
    'DNS record missing': 0.06,
    'DNS server failing': 0.03,
    'service not running': 0.03,
  },
  steps: [
    LOOK_UP_ADDRESS,
    { ...LOOK_UP_ALIAS, when: [MISSING] },
    { ...INSPECT_CERTIFICATE, when: [address('ok')] },
    { ...ASK_FOR_PAGE, when: [CONNECTED] },
  ],
};
