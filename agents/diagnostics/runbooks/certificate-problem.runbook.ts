import type { Runbook } from './runbook.js';
import { connection } from './signs.js';
import { INSPECT_CERTIFICATE, LOOK_UP_ADDRESS } from './steps.js';

const UNRESOLVED = connection('no address', 'resolver failed');

/** A device, a browser or a client does not trust a certificate. */
export const CERTIFICATE_PROBLEM: Runbook = {
  description: 'a certificate is expired, not trusted or for another name, or a browser warns of it',
  symptoms: [
    /\b(?:certificates?|certs?|zertifikats?|certificats?|certifikat\w*)\b/i,
    /\b(?:expir\w+|abgelaufen|udløbet|expiré)\b/i,
    /\b(?:NET::)?ERR_CERT\w*|\bSEC_ERROR\w*|\bCERT_[A-Z_]+\b|\bx509\b/,
    /\b(?:not (?:secure|trust\w*|private)|unsafe|insecure|untrusted)\b/i,
    /\b(?:ssl|tls|https) (?:error|warning|fail\w*|problem)/i,
  ],
  causes: {
    'works from here': 0.1,
    'server certificate expired': 0.25,
    'incomplete certificate chain': 0.12,
    'certificate of an unknown authority': 0.12,
    'certificate for another name': 0.12,
    'wrong clock on the device': 0.08,
    'device certificate expired': 0.06,
    'certificate not yet valid': 0.04,
    'service not running': 0.02,
    'name does not exist': 0.02,
  },
  steps: [INSPECT_CERTIFICATE, { ...LOOK_UP_ADDRESS, when: [UNRESOLVED] }],
};
